package io.jobrelay.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a file system that knows no flushing of folders, such as some network and user space ones, from a disk that fails. */
final class FlushSupport {

    private static final Logger LOG = LoggerFactory.getLogger(FlushSupport.class);
    /** EINVAL, ENOTSUP and EOPNOTSUPP, ENOSYS, as the C libraries call them; Java hands on no numbers. {@code bin/relay} sees to it that they are English. */
    private static final Set<String> NOT_SUPPORTED = Set.of("Invalid argument", "Operation not supported", "Not supported", "Function not implemented",
            "Operation not supported on socket", "Operation not supported on transport endpoint");
    private static final String DISK_FAILS = "Input/output error";
    /** Linux flushes no folder there, and says so in the language of the machine. */
    private static final Path NEVER_FLUSHED = Path.of("/proc");
    private static final Set<Object> TOLD = ConcurrentHashMap.newKeySet();

    private FlushSupport() {
    }

    /**
     * Takes note, once for each file system, that a folder cannot be flushed.
     *
     * @param folder that was to be flushed
     * @param failure of that
     * @throws IOException the same, where it says anything else than that there is no such thing
     */
    static void accept(Path folder, IOException failure) throws IOException {
        String reason = reason(failure);
        if (!(failure instanceof AccessDeniedException) && !NOT_SUPPORTED.contains(reason)
                && (reason.equals(DISK_FAILS) || !reason.equals(invalidArgument()))) {
            throw failure;
        }
        Object fileSystem = fileSystem(folder);
        if (TOLD.add(fileSystem)) {
            LOG.warn("The file system {} cannot flush a folder ({}). What is written and moved there has its contents on the disk, but after a power"
                    + " cut may be under its old name or under none; where that must not be, use another file system.", fileSystem, reason);
        }
    }

    private static String reason(IOException failure) {
        String reason = failure instanceof FileSystemException system ? system.getReason() : failure.getMessage();
        return reason != null ? reason : failure instanceof AccessDeniedException ? "it cannot be opened" : "no reason is given";
    }

    private static String invalidArgument() {
        try (FileChannel channel = FileChannel.open(NEVER_FLUSHED, StandardOpenOption.READ)) {
            channel.force(true);
            return null;
        } catch (IOException e) {
            return reason(e);
        }
    }

    private static Object fileSystem(Path folder) {
        try {
            return Files.getFileStore(folder).toString();
        } catch (IOException e) {
            return folder.getRoot();
        }
    }
}
