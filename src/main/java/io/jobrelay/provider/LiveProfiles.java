package io.jobrelay.provider;

import io.jobrelay.check.ProfileCheck;
import io.jobrelay.check.ProfileFile;
import io.jobrelay.check.ProfileProblem;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * The profiles that count now. A file that has been edited takes the place of what it was where it passes the check, all that pass at once; one that
 * does not changes nothing, and is named until it is repaired. Files that are as they were shipped are known to be good and cost nothing.
 */
public final class LiveProfiles {

    private final Map<String, ProfileFile> packaged;
    private final Map<String, ProfileFile> files = new TreeMap<>();
    private final Map<String, Refused> refused = new TreeMap<>();
    private BiFunction<String, Optional<Profile>, Optional<String>> guard = (provider, next) -> Optional.empty();
    private volatile Profiles current;
    private volatile Map<String, String> sentences = Map.of();

    /** A file that does not count, as it lies there (null where it is to be gone), why, and whether only its use is in the way, which may end. */
    private record Refused(ProfileFile file, String sentence, boolean used) {
    }

    /**
     * What became of edits.
     *
     * @param taken the names of files that count from now on, or are gone
     * @param refused why others were not taken, by name
     * @param repaired the names of files that are again as what counts
     */
    public record Edits(Set<String> taken, Map<String, String> refused, Set<String> repaired) {
    }

    /**
     * @param packaged those of the relay's jar, by name below {@code routes/}
     * @param lie those that lie there now; one that is refused leaves the packaged one of its name in force
     */
    public LiveProfiles(Map<String, ProfileFile> packaged, Map<String, ProfileFile> lie) {
        this.packaged = Map.copyOf(packaged);
        lie.forEach((name, file) -> {
            Optional<String> wrong = wrong(file);
            wrong.ifPresent(sentence -> refused.put(name, new Refused(file, sentence, false)));
            ProfileFile counts = wrong.isEmpty() ? file : packaged.get(name);
            if (counts != null) {
                files.put(name, counts);
            }
        });
        tell();
        current = new Profiles(files, sentences);
    }

    /** @return all that count now */
    public Profiles current() {
        return current;
    }

    /** @return a sentence for each file that does not count as it lies there, naming file, line, member and cause, by name */
    public Map<String, String> refused() {
        return sentences;
    }

    private void tell() {
        Map<String, String> all = new TreeMap<>();
        refused.forEach((name, one) -> all.put(name, one.sentence));
        sentences = Collections.unmodifiableMap(all);
    }

    /**
     * @param name of a file below {@code routes/}
     * @return whether the packaged one counts in its place
     */
    public synchronized boolean isPackaged(String name) {
        return files.containsKey(name) && files.get(name).equals(packaged.get(name));
    }

    /**
     * Lets whoever uses profiles object to an edit that is good by itself.
     *
     * @param objection asked for each provider whose profile is to change, with what it is to be, nothing where it is to be gone; answers why that
     *     cannot be, in words without a full stop, or nothing
     */
    public synchronized void guard(BiFunction<String, Optional<Profile>, Optional<String>> objection) {
        guard = objection;
    }

    /**
     * Takes what differs from what counts, as far as it can be used.
     *
     * @param lie the files that lie there now, by name
     * @return what came of it; what has been refused before as it lies there is told again, and not looked at again
     */
    public synchronized Edits take(Map<String, ProfileFile> lie) {
        Set<String> names = new TreeSet<>(files.keySet());
        names.addAll(lie.keySet());
        names.addAll(refused.keySet());
        Set<String> taken = new TreeSet<>();
        Set<String> repaired = new TreeSet<>();
        for (String name : names) {
            ProfileFile file = lie.get(name);
            Refused before = refused.get(name);
            if (Objects.equals(file, files.get(name))) {
                if (refused.remove(name) != null) {
                    repaired.add(name);
                }
            } else if (before == null || before.used || !Objects.equals(before.file, file)) {
                take(name, file, taken);
            }
        }
        tell();
        if (!taken.isEmpty() || !repaired.isEmpty()) {
            current = new Profiles(files, sentences);
        }
        return new Edits(taken, sentences, repaired);
    }

    private void take(String name, ProfileFile file, Set<String> taken) {
        Optional<String> wrong = file == null ? Optional.empty() : wrong(file);
        boolean good = wrong.isEmpty();
        if (good) {
            String provider = (file == null ? files.get(name) : file).provider();
            wrong = guard.apply(provider, Optional.ofNullable(file).map(Profile::of)).map(said -> new ProfileProblem(0, said).sentence(name));
        }
        if (wrong.isPresent()) {
            refused.put(name, new Refused(file, wrong.get(), good));
        } else {
            refused.remove(name);
            taken.add(name);
            if (file == null) {
                files.remove(name);
            } else {
                files.put(name, file);
            }
        }
    }

    private Optional<String> wrong(ProfileFile file) {
        if (file.equals(packaged.get(file.name()))) {
            return Optional.empty();
        }
        List<ProfileProblem> problems = ProfileCheck.problems(file);
        return problems.isEmpty() ? Optional.empty() : Optional.of(problems.get(0).sentence(file.name())
                + (problems.size() == 1 ? "" : " (" + (problems.size() - 1) + " more: bin/relay check tells them)"));
    }
}
