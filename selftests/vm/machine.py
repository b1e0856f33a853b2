# SPDX-License-Identifier: GPL-2.0-only
"""Machines that a guest can run on: QEMU and User Mode Linux.

A machine turns (kernel, initramfs, job folder, stream descriptors) into a command line.
"""

import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REPO = HERE.parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "vnpu"


class Failure(Exception):
    """The machine cannot be set up; the text says why and what to do."""


def script(name, *args):
    """Last line that one of the repository's scripts prints."""
    done = subprocess.run([REPO / "scripts" / name, *args], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failure(f"scripts/{name} {' '.join(args)} failed")
    return done.stdout.splitlines()[-1]


def initrd(root, version):
    """The initramfs for a kernel, made anew when anything in it changed."""
    parts = [version.encode()] + [(HERE / f).read_bytes() for f in ("init", "initrd")]
    key = hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
    path = CACHE / "initrd" / f"{version or 'builtin'}-{key}.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}")
        subprocess.run([HERE / "initrd", scratch] + ([root, version] if root else []), check=True)
        scratch.rename(path)
    return path


class Uml:
    """User Mode Linux: the kernel as a process.  One CPU, native speed."""

    def __init__(self, opt):
        self.opt = opt
        self.kernel = pathlib.Path(script("kernel-build", opt.kernel)) / "linux"
        self.initrd = initrd("", "")

    def command(self, job, streams):
        out, err = streams
        return [
            str(self.kernel), f"mem={self.opt.mem}", f"initrd={self.initrd}", "con=null", "con0=null,fd:2",
            f"ssl1=null,fd:{out}", f"ssl2=null,fd:{err}", "quiet", "loglevel=5", "log_buf_len=4M",
            "SHARE=hostfs", f"JOB={job}", "OUT=/dev/ttyS1", "ERR=/dev/ttyS2", *self.opt.append.split(),
        ]  # fmt: skip


class Qemu:
    """A PC in QEMU: KVM where that boots, else the code translator."""

    def __init__(self, opt):
        self.opt = opt
        if re.fullmatch(r"[\d.]+", opt.kernel):
            self.kernel, root, version = script("kernel-stock", opt.kernel).split()
        else:
            self.kernel, root, version = script("kernel-build", opt.kernel) + "/arch/x86/boot/bzImage", "", ""
        self.initrd = initrd(root, version)
        self.kvm = opt.accel == "kvm" or (opt.accel == "auto" and self.kvm_boots())

    def command(self, job, streams):
        opt = self.opt

        def share(tag, path, more=""):
            path = str(path).replace(",", ",,")
            return ["-virtfs", f"local,path={path},mount_tag={tag},security_model=none,multidevs=remap{more}"]

        cmd = ["qemu-system-x86_64", "-machine", "q35", "-nodefaults", "-no-user-config", "-no-reboot"]
        cmd += ["-accel", "kvm", "-cpu", "host"] if self.kvm else ["-accel", "tcg,thread=multi", "-cpu", "max"]
        cmd += ["-smp", str(opt.cpus), "-m", opt.mem, "-display", "none", "-serial", "file:/dev/fd/2"]
        cmd += share("root", "/", ",readonly=on") + share("repo", REPO) + share("job", job)
        cmd += ["-device", "virtio-serial-pci"]
        for nr, fd in enumerate(streams, 1):
            cmd += ["-chardev", f"file,id=s{nr},path=/dev/fd/{fd}", "-device", f"virtserialport,chardev=s{nr},nr={nr}"]
        args = "console=ttyS0 panic=-1 quiet loglevel=5 log_buf_len=4M "
        args += f"SHARE=9p JOB=job OUT=/dev/vport*p1 ERR=/dev/vport*p2 {opt.append}"
        return cmd + ["-kernel", self.kernel, "-initrd", str(self.initrd), "-append", args]

    def kvm_boots(self):
        """Whether KVM boots this kernel here; asked once per boot of this machine."""
        if not os.access("/dev/kvm", os.R_OK | os.W_OK):
            return False
        boot_id = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        answer = CACHE / f"kvm-{boot_id}"
        if not answer.exists():
            self.kvm = True
            with tempfile.TemporaryDirectory(prefix="vnpu-probe-") as job:
                job = pathlib.Path(job)
                (job / "probe").touch()
                try:
                    subprocess.run(
                        self.command(job, []), stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
                    )
                except subprocess.TimeoutExpired:
                    pass
                answer.write_text("yes" if (job / "rc").exists() else "no", encoding="ascii")
        return answer.read_text(encoding="ascii") == "yes"


def machine(opt):
    return Uml(opt) if opt.kernel.startswith("um") else Qemu(opt)


if __name__ == "__main__":
    sys.exit("machine: use selftests/vm/run")
