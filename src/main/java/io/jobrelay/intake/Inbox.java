package io.jobrelay.intake;

import com.fasterxml.uuid.NoArgGenerator;
import io.jobrelay.config.Keys;
import io.jobrelay.http.Media;
import io.jobrelay.http.Problem;
import io.jobrelay.ops.OwnBeans;
import io.jobrelay.ops.Redaction;
import io.jobrelay.ops.RelayHealth;
import java.io.IOException;
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
import java.util.stream.Collectors;
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
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    private final InboxFolder folder;
    private final InboxFile file;
    private final StillFilter still;
    private final Duration doneRetention;
    private final Clock clock;
    private final NoArgGenerator ids;
    private final Map<String, Wait> waits = new ConcurrentHashMap<>();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** Why the sweep passes a file over, until milliseconds since the epoch: it is being taken here, or it was looked at and is not due. */
    private record Wait(long until, boolean taking) {
    }

    private Inbox() {
        this.folder = null;
        this.file = null;
        this.still = null;
        this.doneRetention = null;
        this.clock = null;
        this.ids = null;
    }

    private Inbox(Keys keys, Clock clock, NoArgGenerator ids, JobRequest jobRequest) {
        this.file = new InboxFile(jobRequest, keys.required("relay.inbox.request"));
        Duration stillFor = keys.duration("relay.inbox.still-for");
        this.doneRetention = keys.durationOrKeep("relay.inbox.done-retention").orElse(null);
        this.folder = InboxFolder.open(keys.required("relay.inbox.directory"));
        this.still = new StillFilter(folder, stillFor, clock);
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * Opens the inbox that {@code relay.inbox.directory} names and binds it as {@code relay-inbox} and {@code relay-still}. Without that
     * key there is none, and its routes are left out.
     *
     * @param context not started yet
     * @param keys {@code relay.inbox.*}
     * @param clock the relay's
     * @param ids makes the ids of intakes
     * @param jobRequest makes rows of {@code relay_job}
     * @return the inbox
     * @throws io.jobrelay.config.StartFailure when a key cannot be read, or the folder cannot be made or written
     */
    public static Inbox bind(CamelContext context, Keys keys, Clock clock, NoArgGenerator ids, JobRequest jobRequest) {
        Inbox inbox = keys.text("relay.inbox.directory").isEmpty() ? new Inbox() : new Inbox(keys, clock, ids, jobRequest);
        OwnBeans beans = new OwnBeans(context);
        beans.bind("relay-inbox", inbox);
        if (inbox.on()) {
            beans.bind("relay-still", inbox.still);
            RelayHealth.notice(context, "relay-inbox", () -> inbox.trouble().stream().toList());
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
        return on() ? folder.trouble() : Optional.empty();
    }

    /**
     * Takes a file: whoever renames it first has it.
     *
     * @param name as Camel's file consumer listed it
     * @return {@code intake}, the id it is known by from now on; null when it was gone, or nothing is taken now
     * @throws IOException when it could not be taken; it is in the inbox still
     */
    public Map<String, Object> take(@Header(Exchange.FILE_NAME_ONLY) String name) throws IOException {
        Optional<Path> path = folder.find(name);
        if (path.isEmpty() || standsStill()) {
            return null;
        }
        String intake = ids.generate().toString();
        waits.put(intake, new Wait(clock.millis() + AFTER_FAILURE.toMillis(), true)); // the sweep leaves it to us
        try {
            return folder.take(path.get(), intake) ? Map.of("intake", intake) : null;
        } catch (NotOwnFolder e) {
            tell(e);
            return null;
        }
    }

    /** Makes what is missing in the inbox. While one of its folders is not the relay's own nothing is taken or moved; that is said once. */
    private boolean standsStill() throws IOException {
        try {
            folder.makeSure();
            if (!told.isEmpty() && folder.trouble().isEmpty()) {
                told.clear();
                LOG.info("The folders of the inbox are the relay's own again, and work goes on.");
            }
            return false;
        } catch (NotOwnFolder e) {
            tell(e);
            return true;
        }
    }

    private void tell(NotOwnFolder strange) {
        if (told.size() < MOST_AT_ONCE && told.add(strange.getMessage())) {
            LOG.warn("{}", strange.getMessage());
        }
    }

    /**
     * Reads what a file that was taken asks for.
     *
     * @param intake its id
     * @return rows of {@code relay_job}; none when another instance has moved the file on
     * @throws Problem saying what is wrong with the file
     * @throws IOException when it could not be read this time
     */
    public List<Map<String, Object>> read(@Variable("intake") String intake) throws IOException {
        try {
            Optional<InboxFolder.Taken> taken = folder.taken(intake);
            if (taken.isEmpty()) {
                forget(intake);
                return List.of();
            }
            try (InboxFolder.Taken found = taken.get()) {
                return file.read(found, intake, folder.mayBeAnothers(found));
            }
        } catch (NotOwnFolder e) {
            tell(e);
            return List.of();
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
        try {
            folder.noteAccepted(intake);
        } catch (NotOwnFolder e) {
            tell(e);
        }
    }

    /**
     * Puts a file aside that cannot become jobs, with a sentence that says why.
     *
     * @param intake of the file
     * @param exchange whose step found a {@link Problem}
     * @throws IOException when it could not be moved; a later sweep reads it again
     */
    public void reject(@Variable("intake") String intake, Exchange exchange) throws IOException {
        try {
            Optional<InboxFolder.Taken> taken = folder.taken(intake);
            if (taken.isPresent()) {
                reject(taken.get(), intake, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class).getMessage());
            }
            forget(intake);
        } catch (NotOwnFolder e) {
            tell(e);
        }
    }

    private void reject(InboxFolder.Taken taken, String intake, String why) throws IOException {
        try (taken) {
            String sentence = Redaction.of(RawName.of(taken.name()).text()) + " was not submitted: " + why;
            Path now = folder.moveToRejected(taken, intake, sentence);
            LOG.warn("{} It lies in {} now.", Redaction.of(sentence), Redaction.of(now.getParent().toString()));
        } catch (NoSuchFileException e) {
            LOG.debug("Another instance was faster with the file in {}", intake);
        }
    }

    /**
     * A file stays where it is, because something else than the file was wrong. The next sweep tries again, and after that one each minute.
     *
     * @param intake of the file
     * @param exchange whose step failed
     */
    public void keep(@Variable("intake") String intake, Exchange exchange) {
        waits.computeIfPresent(intake, (id, wait) -> wait.taking() ? null : wait);
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (failure instanceof DuplicateKeyException) {
            LOG.debug("Another instance was faster with the file in {}", intake);
        } else {
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
        long now = clock.millis();
        waits.values().removeIf(wait -> wait.until() <= now);
        if (standsStill()) {
            return List.of();
        }
        return folder.next(MOST_AT_ONCE).stream().filter(intake -> !waits.containsKey(intake)).toList();
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
                    waits.put(intake, new Wait(clock.millis() + jobs, false)); // counting many costs more, and they take longer
                }
                continue;
            }
            // where the step fails, it is not tried again at every tick
            waits.put(intake, new Wait(clock.millis() + AFTER_FAILURE.toMillis(), false));
            steps.add(Map.of("intake", intake, "step", row != null || folder.wasAccepted(intake) ? "done" : "accept"));
        }
        return steps;
    }

    /**
     * Chooses the name a file gets when its jobs have ended.
     *
     * @param intake of the file
     * @return {@code intake}, {@code media} (the name so far) and {@code name} (in {@code .done/}); null when the file is gone, or stays
     * @throws IOException when the folder cannot be read
     */
    public Map<String, Object> place(@Variable("intake") String intake) throws IOException {
        try {
            Optional<InboxFolder.Taken> taken = folder.taken(intake);
            return taken.isEmpty() ? null : place(taken.get(), intake);
        } catch (NotOwnFolder e) {
            tell(e);
            return null;
        }
    }

    private Map<String, Object> place(InboxFolder.Taken taken, String intake) throws IOException {
        try (taken) {
            String name = folder.nameWhenDone(taken, intake).text();
            return Map.of("intake", intake, "media", RawName.of(taken.name()).text(), "name", name);
        }
    }

    /**
     * Moves a file on whose jobs have ended.
     *
     * @param intake of the file
     * @param place from {@link #place}, or null
     * @throws IOException when it could not be moved
     */
    public void done(@Variable("intake") String intake, @Variable("place") Map<String, Object> place) throws IOException {
        try {
            Optional<InboxFolder.Taken> taken = folder.taken(intake);
            if (taken.isPresent() && place != null) {
                done(taken.get(), intake, place.get("name"));
            } else if (taken.isPresent()) {
                taken.get().close();
            }
            forget(intake);
        } catch (NotOwnFolder e) {
            tell(e);
        }
    }

    private void done(InboxFolder.Taken taken, String intake, Object chosen) throws IOException {
        try (taken) {
            RawName name = RawName.of(taken.name());
            folder.moveToDone(taken, name.text().equals(chosen) ? name : name.marked(intake), intake);
        } catch (NoSuchFileException e) {
            LOG.debug("Another instance was faster with the file in {}", intake);
        }
    }

    /**
     * Removes what has lain in {@code .done/} for longer than {@code relay.inbox.done-retention}; without that key, or with {@code keep},
     * all stays.
     *
     * @param needed rows of {@code media}, the names that open jobs have: one that was submitted again finds its file there
     * @throws IOException when a file cannot be removed
     */
    public void removeOld(@Body List<Map<String, Object>> needed) throws IOException {
        if (doneRetention != null) {
            Set<Object> names = needed.stream().map(row -> row.get("media")).collect(Collectors.toSet());
            try {
                int removed = folder.removeDoneBefore(clock.millis() - doneRetention.toMillis(), names);
                if (removed > 0) {
                    LOG.info("{} files were removed from .done (relay.inbox.done-retention)", removed);
                }
            } catch (NotOwnFolder e) {
                tell(e);
            }
        }
    }

    /**
     * @param intake of a job
     * @param media {@code relay_job.media}
     * @return the media file, open; empty when it is gone or there is no inbox
     * @throws IOException when the folder cannot be read, or is not the relay's own
     */
    public Optional<Media.File> media(String intake, String media) throws IOException {
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
            Optional<Media.File> file = media(intake, media);
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
        folder.forget(intake);
        waits.remove(intake);
    }

    private void close() {
        try {
            folder.close();
        } catch (IOException e) {
            LOG.debug("The inbox could not be closed", e);
        }
    }
}
