/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Real model files, where there are any: NPU_MODELS, else ../shared/models beside the tree. */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** folder_models() - the folder that holds one folder for each model */
const char *folder_models(void);

/** folder_read() - a whole file, exactly as many bytes as it has; free() it; fails the test */
uint8_t *folder_read(const char *path, size_t *size);

/** folder_each_model() - call @visit with the path of every .tflite file; false if there is none */
bool folder_each_model(void (*visit)(const char *path, void *arg), void *arg);

/** folder_find_model() - path of the .tflite file of model @name into @path; false if none */
bool folder_find_model(const char *name, char *path, size_t size);

#endif /* TEST_FOLDER_H */
