package io.jobrelay.forward;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What makes a file or a folder outlive a power cut. */
interface Disk {

    /** The one of this machine. */
    Disk REAL = path -> {
        boolean folder = Files.isDirectory(path);
        FileChannel channel;
        try {
            channel = FileChannel.open(path, folder ? StandardOpenOption.READ : StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            if (folder) {
                return; // a system that opens no folders
            }
            throw e;
        }
        try (channel) {
            channel.force(true);
        }
    };

    /**
     * Returns when the contents of a file, or the names in a folder, are on the disk.
     *
     * @param path of either
     * @throws IOException when they are not
     */
    void flush(Path path) throws IOException;
}
