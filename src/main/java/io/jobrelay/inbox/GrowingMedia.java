package io.jobrelay.inbox;

import io.jobrelay.folder.FileStillness;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Before a job is submitted its media file is looked at again: what goes on growing after it was taken, as an upload does that stood still for a
 * moment, waits until it is still. One look is not enough for that, wherever the job comes from: the first submit of each is put back.
 */
final class GrowingMedia {

    /** Where files have to be still for longer than a submit is put back for without a reason, it gets one, and comes less often. */
    private static final long SHORT = 1_000_000_000L;

    private final InboxFolder folder;
    private final InboxPatience patience;
    private final FileStillness stillness;

    /**
     * @param folder that holds the media
     * @param patience how long a file has to be still
     * @param nanos running time, from any beginning: {@link System#nanoTime}
     */
    GrowingMedia(InboxFolder folder, InboxPatience patience, LongSupplier nanos) {
        this.folder = folder;
        this.patience = patience;
        this.stillness = new FileStillness(nanos);
    }

    /**
     * @param job row of {@code relay_job}
     * @throws StillBeingWritten when it is to be submitted later
     */
    void check(Map<String, Object> job) throws StillBeingWritten {
        String intake = (String) job.get("intake");
        String media = (String) job.get("media");
        if (media == null || intake == null || patience.stillFor() == 0) {
            return;
        }
        Optional<FileStillness.Look> look;
        try {
            look = folder.look(intake, media);
        } catch (IOException e) {
            throw new StillBeingWritten("the media file cannot be looked at now: " + Redaction.of(e));
        }
        String key = intake + "/" + media;
        if (look.isPresent()) { // what is gone is the API's to say
            check(stillness.look(key, look.get()), look.get().size());
        }
        stillness.forget(key);
    }

    private void check(FileStillness.Seen seen, long size) throws StillBeingWritten {
        long needed = size > 0 ? patience.stillFor() : Math.max(patience.stillFor(), patience.rejectAfter());
        if (seen == null) {
            throw new StillBeingWritten(null);
        } else if (stillness.nanos(seen) < needed) {
            throw new StillBeingWritten(size == 0 ? "the media file is empty: it may still be written" : seen.grew() ? "the media file is still growing"
                    : needed > SHORT ? "it is seen whether the media file goes on growing" : null);
        }
    }
}
