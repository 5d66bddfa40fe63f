package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page and the test that compiles it: they differ in nothing, or it is told. */
class GuidePageTest {
    @TempDir Path directory;

    private Guide guide;

    @BeforeEach
    void writeTheTest() throws IOException {
        guide = new Guide(directory.resolve("page.md"), directory);
        Path source = directory.resolve(GuidePageTest.class.getName().replace('.', '/') + ".java");
        Files.createDirectories(source.getParent());
        Files.writeString(
                source,
                """
                class GuidePageTest {
                    // guide
                    int one = 1;
                    int two = 2;
                    // end
                    int unseen = 3;
                    // guide
                    int four = 4;
                    // end
                }
                """);
    }

    private void show(String... examples) throws IOException {
        Files.writeString(
                guide.page(),
                "# A page\n\n```java\n" + String.join("\n```\n\n```java\n", examples) + "\n```\n");
    }

    @Test
    void aPageThatShowsWhatIsCompiledIsFine() throws IOException {
        show("int one = 1;\nint two = 2;", "int four = 4;");
        guide.expectCompiledIn(GuidePageTest.class);
    }

    @Test
    void aPageThatShowsSomethingElseIsTold() throws IOException {
        show("int one = 1;\nint two = 3;", "int four = 4;");
        assertThatThrownBy(() -> guide.expectCompiledIn(GuidePageTest.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("int two = 3;");
    }

    @Test
    void aPageThatLeavesOneOutOrChangesTheOrderIsTold() throws IOException {
        show("int one = 1;\nint two = 2;");
        assertThatThrownBy(() -> guide.expectCompiledIn(GuidePageTest.class))
                .isInstanceOf(AssertionError.class);
        show("int four = 4;", "int one = 1;\nint two = 2;");
        assertThatThrownBy(() -> guide.expectCompiledIn(GuidePageTest.class))
                .isInstanceOf(AssertionError.class);
    }
}
