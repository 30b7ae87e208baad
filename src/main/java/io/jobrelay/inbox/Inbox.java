package io.jobrelay.inbox;

import com.fasterxml.uuid.NoArgGenerator;
import io.jobrelay.config.Keys;
import io.jobrelay.folder.FileStillness;
import io.jobrelay.folder.FolderOverlap;
import io.jobrelay.folder.NotOwnFolder;
import io.jobrelay.folder.RawName;
import io.jobrelay.job.JobRequest;
import io.jobrelay.media.MediaServer;
import io.jobrelay.media.MediaStore;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.registry.HealthNotice;
import io.jobrelay.registry.OwnBeans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Variable;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;

/**
 * The steps of the inbox. A file is taken by one rename into {@code .open/<intake>/}; from then on the disk says that there is something to
 * accept, and the database says, by the intake's rows, whether it has been accepted and has ended. Nothing else is remembered but when to
 * look again, so that a crash between any two steps is made good by the next sweep.
 */
public final class Inbox implements MediaStore {

    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
    private static final int MOST_AT_ONCE = 1_000;
    private static final long AFTER_FAILURE = Duration.ofSeconds(50).toNanos();
    private static final long WHILE_WRITTEN = Duration.ofSeconds(5).toNanos();

    private final FolderOverlap placement;
    private final InboxFolder folder;
    private final InboxFile file;
    private final InboxPatience patience;
    private final FileStillness dropped;
    private final FileStillness taken;
    private final StuckFiles stuck;
    private final StrayFolders others;
    private final OldFileRemoval old;
    private final GrowingMedia growing;
    private final LongSupplier nanos;
    private final NoArgGenerator ids;
    private final Map<String, Wait> waits = new ConcurrentHashMap<>();
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final Set<String> kept = ConcurrentHashMap.newKeySet();

    /** Why the sweep passes a file over, until a running time: it is being taken here, or it was looked at and is not due. */
    private record Wait(long until, boolean taking) {
    }

    private Inbox() {
        this.placement = null;
        this.folder = null;
        this.file = null;
        this.patience = null;
        this.dropped = null;
        this.taken = null;
        this.stuck = null;
        this.others = null;
        this.old = null;
        this.growing = null;
        this.nanos = null;
        this.ids = null;
    }

    private Inbox(Keys keys, Clock clock, LongSupplier nanos, NoArgGenerator ids, JobRequest jobRequest, FolderOverlap placement) {
        this.placement = placement;
        this.file = new InboxFile(jobRequest, keys.required("relay.inbox.request"));
        this.patience = InboxPatience.of(keys);
        this.folder = InboxFolder.open(keys.required("relay.inbox.directory"));
        this.dropped = new FileStillness(nanos);
        this.taken = new FileStillness(nanos);
        this.stuck = new StuckFiles(nanos);
        this.others = new StrayFolders(folder.path(), nanos);
        this.old = new OldFileRemoval(keys, clock);
        this.growing = new GrowingMedia(folder, patience, nanos);
        this.nanos = nanos;
        this.ids = ids;
    }

    /**
     * Opens the inbox that {@code relay.inbox.directory} names and binds it as {@code relay-inbox} and {@code relay-still}. Without that
     * key there is none, and its routes are left out.
     *
     * @param context not started yet
     * @param keys {@code relay.inbox.*}
     * @param clock the relay's
     * @param nanos running time, from any beginning: {@link System#nanoTime}
     * @param ids makes the ids of intakes
     * @param jobRequest makes rows of {@code relay_job}
     * @param placement where the inbox lies among the relay's folders
     * @return the inbox
     * @throws io.jobrelay.config.StartFailure when a key cannot be read, or the folder cannot be made or written
     */
    public static Inbox bind(CamelContext context, Keys keys, Clock clock, LongSupplier nanos, NoArgGenerator ids, JobRequest jobRequest,
            FolderOverlap placement) {
        Inbox inbox = keys.text("relay.inbox.directory").isEmpty() ? new Inbox() : new Inbox(keys, clock, nanos, ids, jobRequest, placement);
        OwnBeans beans = new OwnBeans(context);
        beans.bind("relay-inbox", inbox);
        if (inbox.on()) {
            beans.bind("relay-still", new StillFilter(inbox.folder, inbox.patience, inbox.dropped, inbox.stuck));
            HealthNotice.add(context, "relay-inbox", inbox::notices);
            context.addLifecycleStrategy(new LifecycleStrategySupport() {
                @Override
                public void onContextStopped(CamelContext stopped) {
                    inbox.close();
                }
            });
        }
        return inbox;
    }

    /** @return whether there is an inbox */
    public boolean on() {
        return folder != null;
    }

    /** @return what keeps files from being taken or moved on now, in one sentence; empty when nothing does, or there is no inbox */
    public Optional<String> trouble() {
        return on() ? placement.strayed().or(folder::trouble) : Optional.empty();
    }

    private List<String> notices() {
        return Stream.of(trouble().stream().toList(), stuck.sentences(), others.sentences()).flatMap(List::stream).toList();
    }

    /**
     * Takes a file: whoever renames it first has it. One that cannot be taken is in the inbox still, and tried again in a while.
     *
     * @param name as Camel's file consumer listed it
     * @return {@code intake}, the id it is known by from now on; null when it was gone, or is not taken now
     * @throws IOException when the inbox cannot be read, or the file was taken and it is not sure that this is on the disk: the sweep goes on
     */
    public Map<String, Object> take(@Header(Exchange.FILE_NAME_ONLY) String name) throws IOException {
        Optional<Path> path = folder.find(name);
        if (path.isEmpty() || standsStill()) {
            return null;
        }
        String intake = ids.generate().toString();
        waits.put(intake, new Wait(nanos.getAsLong() + AFTER_FAILURE, true)); // the sweep leaves it to us
        try {
            if (folder.take(path.get(), intake)) {
                taken.take(intake, dropped.leave(path.get()));
                stuck.over(path.get());
                return Map.of("intake", intake);
            }
        } catch (NotOwnFolder e) {
            tell(e.getMessage());
        } catch (IOException e) {
            if (!Files.exists(path.get(), LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
            stuck.failed(path.get(), RawName.of(path.get()).text(), e);
        }
        waits.remove(intake);
        return null;
    }

    /** Makes what is missing in the inbox. While one of its folders is not the relay's own nothing is taken or moved; that is said once. */
    private boolean standsStill() {
        try {
            Optional<String> strayed = placement.strayed();
            if (strayed.isPresent()) {
                throw new NotOwnFolder(strayed.get() + " Until then nothing is taken.");
            }
            folder.makeSure();
            if (!told.isEmpty() && folder.trouble().isEmpty()) {
                told.clear();
                LOG.info("The folders of the inbox are the relay's own again, and work goes on.");
            }
            return false;
        } catch (NotOwnFolder e) {
            tell(e.getMessage());
        } catch (IOException e) {
            tell("A folder of the inbox (relay.inbox.directory) cannot be made or read: " + Redaction.of(InboxFolder.reason(e)) + ".");
        }
        return true;
    }

    private void tell(String trouble) {
        if (told.size() < MOST_AT_ONCE && told.add(trouble)) {
            LOG.warn("{}", trouble);
        }
    }

    /** A step with a file that was taken. */
    @FunctionalInterface
    private interface Step<T> {
        T with(InboxFolder.Taken found) throws IOException;
    }

    /** Where the step fails, that is told and it is tried again as with a file that cannot be taken; null then, and where the file has moved on. */
    private <T> T attempt(String intake, boolean last, Step<T> step) {
        Path path = folder.intakes().path(intake);
        try {
            Optional<InboxFolder.Taken> there = folder.intakes().taken(intake);
            T result = null;
            if (there.isPresent()) {
                try (InboxFolder.Taken found = there.get()) {
                    result = step.with(found);
                }
            }
            if (last) {
                forget(intake);
            }
            return result;
        } catch (NoSuchFileException e) {
            LOG.debug("Another instance was faster with the file in {}", intake);
        } catch (NotOwnFolder e) {
            tell(e.getMessage());
        } catch (IOException e) {
            stuck.failed(path, ".open/" + intake, e);
        }
        return null;
    }

    /**
     * Reads what a file that was taken asks for.
     *
     * @param intake its id
     * @return rows of {@code relay_job}; none when another instance has moved the file on
     * @throws Problem saying what is wrong with the file
     * @throws StillBeingWritten when somebody may still be writing it: it is looked at again
     * @throws IOException when it could not be read this time
     */
    public List<Map<String, Object>> read(@Variable("intake") String intake) throws IOException, StillBeingWritten {
        try {
            Optional<InboxFolder.Taken> there = folder.intakes().taken(intake);
            if (there.isEmpty()) {
                forget(intake);
                return List.of();
            }
            try (InboxFolder.Taken found = there.get()) {
                return read(found, intake);
            }
        } catch (NotOwnFolder e) {
            tell(e.getMessage());
            return List.of();
        }
    }

    private List<Map<String, Object>> read(InboxFolder.Taken found, String intake) throws IOException, StillBeingWritten {
        FileStillness.Seen seen = taken.look(intake, FileStillness.Look.of(found.folder().attributes(found.name())));
        boolean finished = seen == null || taken.nanos(seen) >= patience.rejectAfter();
        try {
            return file.read(found, intake, folder.mayBeAnothers(found), finished);
        } catch (StillBeingWritten e) {
            if (seen.tell()) {
                LOG.info("A file of the inbox waits in .open/{}: {} {}", intake, Redaction.of(e.getMessage()), patience.whatThen());
            }
            throw e;
        }
    }

    /**
     * The file's jobs are on disk, in the database.
     *
     * @param intake of the file
     * @throws IOException when that could not be noted beside the file
     */
    public void accepted(@Variable("intake") String intake) throws IOException {
        waits.remove(intake);
        kept.remove(intake);
        taken.forget(intake);
        try {
            folder.intakes().noteAccepted(intake);
        } catch (NotOwnFolder e) {
            tell(e.getMessage());
        }
    }

    /**
     * Puts a file aside that cannot become jobs, with a sentence that says why.
     *
     * @param intake of the file
     * @param exchange whose step found a {@link Problem}
     */
    public void reject(@Variable("intake") String intake, Exchange exchange) {
        attempt(intake, true, found -> {
            String sentence = Redaction.of(RawName.of(found.name()).text()) + " was not submitted: "
                    + exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class).getMessage();
            Path now = folder.moveToRejected(found, intake, sentence);
            LOG.warn("{} It lies in {} now.", Redaction.of(sentence), Redaction.of(now.getParent().toString()));
            return now;
        });
    }

    /**
     * A file stays where it is, because something else than the file was wrong, or because somebody may still be writing it. The next sweep tries
     * again, and after that one each minute.
     *
     * @param intake of the file
     * @param exchange whose step failed
     */
    public void keep(@Variable("intake") String intake, Exchange exchange) {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (failure instanceof StillBeingWritten) {
            waits.put(intake, new Wait(nanos.getAsLong() + WHILE_WRITTEN, false));
            return;
        }
        waits.computeIfPresent(intake, (id, wait) -> wait.taking() ? null : wait);
        if (failure instanceof DuplicateKeyException) {
            LOG.debug("Another instance was faster with the file in {}", intake);
        } else if (kept.size() < MOST_AT_ONCE && kept.add(intake)) {
            LOG.warn("A file of the inbox waits in .open/{} and will be accepted later: {}", intake, Redaction.of(failure));
        }
    }

    /**
     * Says which files the sweep looks at now, going through {@code .open/} a piece at a time.
     *
     * @return ids of intakes; may be none
     * @throws IOException when the folder cannot be read
     */
    public List<String> next() throws IOException {
        long now = nanos.getAsLong();
        waits.values().removeIf(wait -> wait.until() - now <= 0);
        stuck.look();
        if (standsStill()) {
            return List.of();
        }
        try {
            others.look();
        } catch (IOException e) {
            tell("The inbox (relay.inbox.directory) cannot be read: " + Redaction.of(InboxFolder.reason(e)) + ".");
        }
        return folder.intakes().next(MOST_AT_ONCE).stream()
                .filter(intake -> !waits.containsKey(intake) && !stuck.passedOver(folder.intakes().path(intake))).toList();
    }

    /**
     * Says what is to be done about each.
     *
     * @param rows for each intake the database knows {@code intake}, how many {@code jobs} it has, and how many are {@code still_open}
     * @param intakes from {@link #next}
     * @return {@code intake} and {@code step}: {@code accept} where the database knows nothing of it, {@code done} where all its jobs
     *     have ended
     */
    public List<Map<String, Object>> sort(@Body List<Map<String, Object>> rows, @Variable("intakes") List<String> intakes) {
        Map<Object, Map<String, Object>> known = new HashMap<>();
        rows.forEach(row -> known.put(row.get("intake"), row));
        List<Map<String, Object>> steps = new ArrayList<>();
        for (String intake : intakes) {
            Map<String, Object> row = known.get(intake);
            if (row != null && ((Number) row.get("still_open")).longValue() > 0) {
                long jobs = ((Number) row.get("jobs")).longValue();
                if (jobs >= MOST_AT_ONCE) {
                    waits.put(intake, new Wait(nanos.getAsLong() + jobs * 1_000_000, false)); // counting many costs more, and they take longer
                }
                continue;
            }
            // where the step fails, it is not tried again at every tick
            waits.put(intake, new Wait(nanos.getAsLong() + AFTER_FAILURE, false));
            steps.add(Map.of("intake", intake, "step", row != null || folder.intakes().wasAccepted(intake) ? "done" : "accept"));
        }
        return steps;
    }

    /**
     * Chooses the name a file gets when its jobs have ended.
     *
     * @param taken {@code intake} of the file
     * @return the same, and {@code media} (the name so far) and {@code name} (in {@code .done/}); without them when the file is gone, or stays
     */
    public Map<String, Object> place(@Body Map<String, Object> taken) {
        String intake = (String) taken.get("intake");
        Map<String, Object> place = attempt(intake, false, found -> Map.of("intake", intake, "media", RawName.of(found.name()).text(),
                "name", folder.nameWhenDone(found, intake).text()));
        return place == null ? Map.of("intake", intake) : place;
    }

    /**
     * Moves a file on whose jobs have ended. Where that fails it is tried again in a while.
     *
     * @param place from {@link #place}
     */
    public void done(@Body Map<String, Object> place) {
        String intake = (String) place.get("intake");
        attempt(intake, true, found -> {
            RawName name = RawName.of(found.name());
            if (place.containsKey("name")) {
                folder.moveToDone(found, name.text().equals(place.get("name")) ? name : name.marked(intake), intake);
            }
            return name;
        });
    }

    /**
     * @param job row of {@code relay_job} that is about to be submitted
     * @throws StillBeingWritten when somebody may still be writing its media file: it is to be submitted later
     */
    public void ready(@Variable("job") Map<String, Object> job) throws StillBeingWritten {
        if (on()) {
            growing.check(job);
        }
    }

    /**
     * Removes what has lain in {@code .done/} or {@code .rejected/} for longer than {@code relay.inbox.done-retention}; without that key, or with
     * {@code keep}, all stays.
     *
     * @param needed rows of {@code media}, the names that open jobs have: one that was submitted again finds its file in {@code .done/}
     * @throws IOException when a file cannot be removed
     */
    public void removeOld(@Body List<Map<String, Object>> needed) throws IOException {
        try {
            old.remove(folder.done(), needed.stream().map(row -> row.get("media")).collect(Collectors.toSet()));
            old.remove(folder.rejected(), Set.of());
        } catch (NotOwnFolder e) {
            tell(e.getMessage());
        }
    }

    /**
     * @param intake of a job
     * @param media {@code relay_job.media}
     * @return the media file, open; empty when it is gone or there is no inbox
     * @throws IOException when the folder cannot be read, or is not the relay's own
     */
    public Optional<MediaServer.File> media(String intake, String media) throws IOException {
        return on() ? folder.media(intake, media) : Optional.empty();
    }

    /**
     * A job like an ended one shares its intake and its file, which is served from where it lies for as long as one of the two is open.
     *
     * @throws Problem 409 where the file is gone
     */
    @Override
    public String reopen(String intake, String media) {
        try {
            Optional<MediaServer.File> file = media(intake, media);
            if (file.isPresent()) {
                file.get().channel().close();
                return intake;
            }
        } catch (IOException e) {
            LOG.warn("The media file of a job that is to be submitted again cannot be looked for: {}", Redaction.of(e));
        }
        throw new Problem(Problem.Kind.NOT_RESUBMITTABLE,
                "The job's media file is not in the inbox any more. Drop it again for a new job.");
    }

    private void forget(String intake) throws IOException {
        if (folder.intakes().forget(intake)) {
            waits.remove(intake);
            kept.remove(intake);
            taken.forget(intake);
            stuck.over(folder.intakes().path(intake));
        }
    }

    private void close() {
        try {
            folder.close();
        } catch (IOException e) {
            LOG.debug("The inbox could not be closed", e);
        }
    }
}
