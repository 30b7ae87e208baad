package io.jobrelay.audit;

import io.jobrelay.registry.Wiring;

/** Binds what the audit of a running relay needs. */
public final class AuditBeans {

    private AuditBeans() {
    }

    /** @param wiring of the relay */
    public static void bind(Wiring wiring) {
        wiring.registry().bind("relay-audit", new Audit(wiring.clock(), true));
        wiring.registry().bind("relay-audit-turn", new AuditTurn());
    }
}
