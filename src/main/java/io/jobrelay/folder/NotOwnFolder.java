package io.jobrelay.folder;

import java.io.IOException;

/** What stands in the place of one of the relay's folders is not that folder: nothing is read, moved or deleted through it. */
public final class NotOwnFolder extends IOException {

    /** @param sentence what stands there, and what to do */
    public NotOwnFolder(String sentence) {
        super(sentence);
    }
}
