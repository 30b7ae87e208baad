package io.jobrelay.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A contract that hangs on SQL: {@code mvn verify} runs it twice, on H2 and on a real PostgreSQL (the second run of Surefire in pom.xml, by
 * this tag). In such a class nothing of a database's own is used.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("both-databases")
public @interface OnBothDatabases {
}
