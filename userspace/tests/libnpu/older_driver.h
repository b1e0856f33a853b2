/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The driver at hand as one of an older interface.  Who is linked with this, or has it as
 * older_driver.so in LD_PRELOAD, asks the kernel through its ioctl(): with NPU_OLDER_DRIVER=1.N
 * in the environment what is newer than 1.N is answered as the driver of 1.N did.
 */
#ifndef OLDER_DRIVER_H
#define OLDER_DRIVER_H

/** older_driver_minor() - N of the interface 1.N that is played; the newest unless told */
unsigned int older_driver_minor(void);

/** older_driver_refused() - how often ioctl @id of enum drm_vnpu_ioctl_id was not known */
unsigned int older_driver_refused(unsigned int id);

#endif /* OLDER_DRIVER_H */
