package io.jobrelay.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements find their parameters where Camel would look for them, and the driver is not asked what the relay knows. */
class NamedParametersTest {

    @TempDir
    private Path folder;

    private final AtomicInteger asked = new AtomicInteger();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private ProducerTemplate template;

    @BeforeEach
    void start() throws Exception {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        try (Connection connection = h2.getConnection()) {
            connection.createStatement().execute("CREATE TABLE t (id BIGINT, name VARCHAR(100), body VARBINARY(100), flag BOOLEAN)");
        }
        Path statement = Files.writeString(folder.resolve("t.sql"), "SELECT name FROM t WHERE id < :#now ORDER BY id LIMIT :#${bean:most?method=apply}");
        DataSource counted = counting(h2);
        context.getRegistry().bind("ours", counted);
        context.getRegistry().bind("most", UnaryOperator.identity());
        context.getRegistry().bind("theirs", counting(h2));
        NamedParameters.use(context, new Database(counted, Database.Kind.H2, true), Map.of("now", () -> 7L));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:insert").to("sql:INSERT INTO t (id, name, body, flag) VALUES (:#id, :#name, :#body, :#flag)?dataSource=#ours");
                from("direct:insert-all").to("sql:INSERT INTO t (id, name) VALUES (:#id, :#name)?dataSource=#ours&batch=true");
                from("direct:column").setVariable("row").body()
                        .to("sql:SELECT name FROM t WHERE id = :#${variable.row[id]} AND :#now = 7?dataSource=#ours&outputType=SelectOne");
                from("direct:in").to("sql:SELECT id FROM t WHERE id IN (:#in:ids) AND name = :#name ORDER BY id?dataSource=#ours");
                from("direct:position").to("sql:SELECT name FROM t WHERE id = #?dataSource=#ours&outputType=SelectOne");
                from("direct:expression").to("sql:SELECT name FROM t WHERE id = :#${body[id]}?dataSource=#ours&outputType=SelectOne");
                from("direct:known").to("sql:SELECT CAST(:#now AS BIGINT)?dataSource=#ours&outputType=SelectOne");
                from("direct:row").to("sql:INSERT INTO t (id, name) VALUES (:#now, :#${variable.row[name]})?dataSource=#ours");
                from("direct:bean").to("sql:file:" + statement + "?dataSource=#ours"); // in a URI its question mark would be another
                from("direct:none").to("sql:SELECT COUNT(*) FROM t?dataSource=#ours&outputType=SelectOne");
                from("direct:theirs").to("sql:SELECT id FROM t WHERE id IN (:#in:ids) ORDER BY id?dataSource=#theirs");
            }
        });
        context.start();
        template = context.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private DataSource counting(DataSource h2) {
        return (DataSource) watched(DataSource.class, h2);
    }

    private Object watched(Class<?> type, Object target) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("getParameterMetaData")) {
                asked.incrementAndGet();
            }
            try {
                Object result = method.invoke(target, arguments);
                return result instanceof PreparedStatement ? watched(PreparedStatement.class, result)
                        : result instanceof Connection ? watched(Connection.class, result) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    @Test
    void a_name_is_looked_up_in_the_body_then_among_the_headers_and_then_among_the_variables() {
        Map<String, Object> body = new HashMap<>();
        body.put("id", 1L);
        body.put("flag", null); // said to be nothing, so nobody else is asked
        Exchange done = template.send("direct:insert", exchange -> {
            exchange.getMessage().setBody(body);
            exchange.getMessage().setHeader("id", 2L);
            exchange.getMessage().setHeader("flag", true);
            exchange.getMessage().setHeader("name", "of the header");
            exchange.setVariable("name", "of the variable");
            exchange.setVariable("body", new byte[] {1, 2});
        });
        assertThat(done.getException()).isNull();
        assertThat(template.requestBody("direct:position", 1L)).isEqualTo("of the header");
        assertThat(asked).hasValue(1); // by the statement that has no names, which is Camel's affair
    }

    @Test
    void what_every_statement_knows_is_taken_where_nobody_has_set_it_to_something_else() {
        assertThat(template.requestBody("direct:known", (Object) null)).isEqualTo(7L);
        assertThat(template.requestBody("direct:known", Map.of("now", 8L))).isEqualTo(8L);
    }

    @Test
    void a_batch_takes_each_row_for_itself_and_the_driver_is_never_asked_for_the_parameters() {
        template.requestBody("direct:insert-all", List.of(Map.of("id", 1L, "name", "a"), Map.of("id", 2L, "name", "b")));
        assertThat(template.requestBody("direct:column", Map.of("id", 2L))).isEqualTo("b");
        assertThat(asked).hasValue(0);
        assertThat(template.requestBody("direct:expression", Map.of("id", 2L))).isEqualTo("b");
        assertThat(template.requestBody("direct:none", (Object) null)).isEqualTo(2L);
    }

    @Test
    void a_list_may_have_any_length() {
        template.requestBody("direct:insert-all", List.of(Map.of("id", 1L, "name", "a"), Map.of("id", 3L, "name", "a"), Map.of("id", 5L, "name", "a")));
        for (List<Long> ids : List.of(List.of(3L), List.of(1L, 3L), List.of(1L, 3L, 4L), List.of(5L, 4L, 3L, 2L, 1L))) {
            List<?> found = template.requestBody("direct:in", Map.of("ids", ids, "name", "a"), List.class);
            assertThat(found).extracting(row -> ((Map<?, ?>) row).get("ID")).isEqualTo(ids.stream().filter(id -> id % 2 == 1).sorted().toList());
        }
    }

    @Test
    void a_list_is_a_column_of_the_bodys_rows_or_of_rows_that_a_variable_holds_and_may_be_empty() {
        template.requestBody("direct:insert-all", List.of(Map.of("id", 1L, "name", "a"), Map.of("id", 3L, "name", "a"), Map.of("id", 5L, "name", "a")));
        assertThat(in(List.of(Map.of("ids", 3L, "x", 1), Map.of("ids", 5L), Map.of("ids", 5L), Map.of("x", 7)), null)).containsExactly(3L, 5L);
        assertThat(in(List.of(Map.of("x", 7)), List.of(Map.of("id", 1L), Map.of("id", 5L)))).containsExactly(1L, 5L);
        assertThat(in(List.of(), List.of(1L))).as("a body of no rows has no such column").containsExactly(1L);
        assertThat(template.requestBodyAndHeader("direct:in", List.of(), "name", "a", List.class)).as("and no value, where nobody else has one").isEmpty();
        assertThat(in(List.of(Map.of("x", 7)), List.of())).isEmpty();
    }

    private List<Object> in(List<Map<String, Object>> rows, List<?> ids) {
        Exchange done = template.send("direct:in", exchange -> {
            exchange.getMessage().setBody(rows);
            exchange.setVariable("name", "a");
            exchange.setVariable("ids", ids);
        });
        assertThat(done.getException()).isNull();
        List<?> found = done.getMessage().getBody(List.class);
        return found.stream().map(row -> ((Map<?, ?>) row).get("ID")).map(Object.class::cast).toList();
    }

    @Test
    void a_column_of_a_row_in_a_variable_is_no_expression_and_beside_it_stands_what_every_statement_knows() {
        Exchange done = template.send("direct:row", exchange -> exchange.setVariable("row", Map.of("name", "of the row")));
        assertThat(done.getException()).isNull();
        assertThat(template.requestBody("direct:position", 7L)).isEqualTo("of the row");
    }

    @Test
    void what_a_bean_says_of_the_message_stands_beside_what_every_statement_knows() {
        template.requestBody("direct:insert-all", List.of(Map.of("id", 1L, "name", "a"), Map.of("id", 3L, "name", "a"), Map.of("id", 5L, "name", "a")));
        assertThat(template.requestBody("direct:bean", 2, List.class)).hasSize(2);
        assertThat(asked).hasValue(0);
    }

    @Test
    void a_name_that_is_nowhere_is_an_error_that_names_it() {
        assertThatThrownBy(() -> template.requestBody("direct:in", Map.of("ids", List.of(1))))
                .rootCause().hasMessageContaining(":#name").hasMessageContaining("SELECT id FROM t");
    }

    @Test
    void statements_on_another_database_of_the_same_context_are_left_to_camel() {
        template.requestBody("direct:insert-all", List.of(Map.of("id", 1L, "name", "a")));
        assertThat(template.requestBody("direct:theirs", Map.of("ids", Arrays.asList(1, 2)), List.class)).hasSize(1);
        assertThat(asked.get()).isPositive();
    }
}
