package io.jobrelay.intake;

/** Somebody may still be writing a file: what was to be done with it is done later. */
public final class NotStill extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param sentence what there is to say about it; null when there is nothing to say yet */
    NotStill(String sentence) {
        super(sentence, null, false, false);
    }
}
