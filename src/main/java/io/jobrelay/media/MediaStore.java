package io.jobrelay.media;

/** Where the media files of jobs lie, for those who make another job of the same file. */
public interface MediaStore {

    /**
     * Makes the media file of an ended job available to a new one.
     *
     * @param intake the intake of the ended job, {@code relay_job.intake}
     * @param media its file, {@code relay_job.media}
     * @return the intake for the new job's row; its {@code media} is the same
     * @throws io.jobrelay.protocol.Problem 409 where the file is gone
     */
    String reopen(String intake, String media);
}
