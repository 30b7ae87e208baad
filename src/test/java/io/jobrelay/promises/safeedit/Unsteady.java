package io.jobrelay.promises.safeedit;

import java.net.BindException;
import java.util.Map;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;

/** A component of somebody's whose consumers start only while what they listen to is there: {@code unsteady:name}. */
public final class Unsteady extends DefaultComponent {

    static volatile boolean there;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        return new Place(uri, this);
    }

    private static final class Place extends DefaultEndpoint {

        Place(String uri, Unsteady component) {
            super(uri, component);
        }

        @Override
        public Producer createProducer() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            return new DefaultConsumer(this, processor) {
                @Override
                protected void doStart() throws Exception {
                    if (!there) {
                        throw new BindException("the place is taken");
                    }
                    super.doStart();
                }
            };
        }
    }
}
