package io.jobrelay.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** What makes a file or a folder outlive a power cut. */
public interface DurableFile {

    /** The one of this machine. */
    DurableFile REAL = new DurableFile() {
        @Override
        public void flush(FileChannel file, Path path) throws IOException {
            file.force(true);
        }

        @Override
        public void flush(OpenFolder folder) throws IOException {
            folder.flush();
        }
    };

    /**
     * Returns when the contents of a file are on the disk.
     *
     * @param file that was written
     * @param path of it
     * @throws IOException when they are not
     */
    void flush(FileChannel file, Path path) throws IOException;

    /**
     * Returns when the names in a folder are on the disk.
     *
     * @param folder whose names have changed
     * @throws IOException when they are not
     */
    void flush(OpenFolder folder) throws IOException;
}
