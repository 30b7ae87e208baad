package io.jobrelay.inbox;

import io.jobrelay.folder.FileStillness;
import io.jobrelay.folder.RawName;
import io.jobrelay.protocol.Redaction;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a file be taken once it has kept its size, its times and itself for a while, without waiting for any; one that may not be finished only
 * after a longer while, to be rejected then. Camel's own {@code readLock: changed} sleeps in front of each file, so that one that grows holds up
 * all the others.
 */
public final class StillFilter implements GenericFileFilter<File> {

    private static final Logger LOG = LoggerFactory.getLogger(StillFilter.class);

    private final InboxFolder folder;
    private final InboxPatience patience;
    private final FileStillness stillness;
    private final StuckFiles stuck;

    /**
     * @param folder that is looked at
     * @param patience how long a file has to be still
     * @param stillness knows for how long each has been still
     * @param stuck knows what could not be taken a moment ago
     */
    StillFilter(InboxFolder folder, InboxPatience patience, FileStillness stillness, StuckFiles stuck) {
        this.folder = folder;
        this.patience = patience;
        this.stillness = stillness;
        this.stuck = stuck;
    }

    /**
     * @param file as Camel's file consumer found it
     * @return whether it can be taken: what is neither file nor folder, such as a link, at once, so that it is rejected
     */
    @Override
    public synchronized boolean accept(GenericFile<File> file) {
        try {
            Optional<Path> path = folder.find(file.getFileNameOnly());
            return path.isPresent() && accept(path.get(), RawName.of(path.get()));
        } catch (IOException e) {
            return false; // gone meanwhile, or not to be looked at now
        }
    }

    private boolean accept(Path path, RawName name) throws IOException {
        if (UnfinishedFile.isUpload(name) || stuck.passedOver(path)) {
            return false;
        }
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile() || patience.none()) {
            return !attributes.isDirectory();
        }
        FileStillness.Seen file = stillness.look(path, FileStillness.Look.of(attributes));
        if (file == null || stillness.nanos(file) < patience.stillFor()) {
            return false;
        }
        return stillness.nanos(file) >= patience.rejectAfter() || finished(path, name, file, attributes.size());
    }

    private boolean finished(Path path, RawName name, FileStillness.Seen file, long size) throws IOException {
        if (!file.judged() || InboxFile.UNREADABLE.equals(file.doubt())) { // rights change without a trace in what is looked at
            try {
                file.judge(UnfinishedFile.why(path, name, size, folder.isShared()));
            } catch (NoSuchFileException e) {
                throw e;
            } catch (IOException e) {
                file.judge(null); // whoever takes it will find out
            }
        }
        if (file.doubt() != null && file.tell()) {
            LOG.info("{} is not taken yet: {} {}", Redaction.of(name.text()), file.doubt(), patience.whatThen());
        }
        return file.doubt() == null;
    }
}
