/** The examination of what goes wrong in practice. */
package io.jobrelay.doctor;
