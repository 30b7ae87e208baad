/** Folders and files that outlive a power cut and follow no link. */
package io.jobrelay.folder;
