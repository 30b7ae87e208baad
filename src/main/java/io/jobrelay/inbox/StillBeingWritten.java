package io.jobrelay.inbox;

/** Somebody may still be writing a file: what was to be done with it is done later. */
public final class StillBeingWritten extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param sentence what there is to say about it; null when there is nothing to say yet */
    StillBeingWritten(String sentence) {
        super(sentence, null, false, false);
    }
}
