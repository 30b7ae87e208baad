package io.jobrelay.support;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A contract that hangs on SQL: it runs twice, on H2 and on a real PostgreSQL ({@link PostgresEngine}, by this tag), or on the one that
 * {@code -Dtest.database} names. In such a class nothing of a database's own is used, and what is static begins with {@code @BeforeAll}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("both-databases")
public @interface OnBothDatabases {
}
