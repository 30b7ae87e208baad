package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Packages are rooms with a purpose, and names are folded the same everywhere. */
class JavaRulesTest extends HouseRules {

    /** In Turkish the small letter of I is no i: whatever the relay is called by, in a column, key, header or file, is folded as in English. */
    @Test
    void no_name_is_folded_by_the_machines_language() {
        Pattern folds = Pattern.compile("\\.to(Lower|Upper)Case\\(\\)|String\\.format\\(\"|\\.formatted\\(|\\.printf\\(\""
                + "|LinkedCaseInsensitiveMap<>\\([^,)]*\\)|new ColumnMapRowMapper|queryForMap\\(|lookupEnvironmentVariable");
        java.forEach((file, text) -> assertThat(folds.matcher(text).results().map(match -> match.group())).as(file.toString()).isEmpty());
    }

    @Test
    void no_packages_need_each_other_but_for_the_facade() {
        Map<String, String> broken = new TreeMap<>();
        Packages.of(house.java()).knots().forEach((one, needs) -> broken.put(one, one + " needs " + String.join(", ", needs)));
        NotYet.check("a package in a circle", broken);
    }

    @Test
    void a_circle_is_found_by_what_is_imported_and_by_what_is_written_out() {
        Packages packages = Packages.of(Map.of(
                Path.of("A.java"), "package io.jobrelay.a;\nimport io.jobrelay.b.B;\nimport io.jobrelay.d.D;\n",
                Path.of("B.java"), "package io.jobrelay.b;\nclass B { io.jobrelay.c.C c; }\n",
                Path.of("C.java"), "package io.jobrelay.c;\nimport static io.jobrelay.a.A.a;\n",
                Path.of("D.java"),
                "package io.jobrelay.d;\nimport io.jobrelay.Facade;\n/** {@link io.jobrelay.a.A} */\nclass D { String s = \"//\"; }\n",
                Path.of("Facade.java"), "package io.jobrelay;\nimport io.jobrelay.d.D;\n"));
        assertThat(packages.circles()).containsExactly(Set.of("io.jobrelay.a", "io.jobrelay.b", "io.jobrelay.c"));
        assertThat(packages.knots().get("io.jobrelay.a")).containsExactly("io.jobrelay.b");
    }
}
