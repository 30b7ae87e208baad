package io.jobrelay.intake;

import java.io.IOException;

/** What stands in the place of one of the relay's folders is not that folder: nothing is read, moved or deleted through it. */
final class NotOwnFolder extends IOException {

    /** @param sentence what stands there, and what to do */
    NotOwnFolder(String sentence) {
        super(sentence);
    }
}
