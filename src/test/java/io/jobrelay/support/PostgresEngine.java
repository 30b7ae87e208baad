package io.jobrelay.support;

import java.util.List;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.ExecutionRequest;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestEngine;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.UniqueId;

/**
 * JUnit once more, for the classes marked {@link OnBothDatabases} alone: they run on PostgreSQL right after they ran on H2, in the same process,
 * which is warm by then, and beside the other tests, which have to wait less for the disk. Does nothing where {@code test.database} names the one.
 */
public final class PostgresEngine implements TestEngine {

    private static final String DATABASE = "test.database";
    private static final TestTag BOTH = TestTag.create("both-databases");
    private final TestEngine jupiter = new JupiterTestEngine();

    @Override
    public String getId() {
        return "on-postgresql";
    }

    @Override
    public TestDescriptor discover(EngineDiscoveryRequest request, UniqueId id) {
        TestDescriptor found = jupiter.discover(request, id);
        boolean none = System.getProperty(DATABASE) != null;
        List.copyOf(found.getChildren()).stream().filter(type -> none || !type.getTags().contains(BOTH)).forEach(TestDescriptor::removeFromHierarchy);
        return found;
    }

    @Override
    public void execute(ExecutionRequest request) {
        System.setProperty(DATABASE, "postgresql");
        try {
            jupiter.execute(request);
        } finally {
            System.clearProperty(DATABASE);
        }
    }
}
