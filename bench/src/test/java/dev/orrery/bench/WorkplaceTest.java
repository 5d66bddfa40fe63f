package dev.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the program and its files are. */
class WorkplaceTest {
    @TempDir private Path folder;

    @Test
    void theCheckoutIsTheNearestFolderWithLauncherAndBuild() throws Exception {
        Path deep = Files.createDirectories(folder.resolve("target/orrery/lib"));
        assertThat(Workplace.checkoutAbove(deep)).isNotEqualTo(Optional.of(folder));
        Files.createFile(folder.resolve("orrery"));
        Files.createFile(folder.resolve("pom.xml"));
        assertThat(Workplace.checkoutAbove(deep.resolve("bench.jar"))).hasValue(folder);
    }

    @Test
    void thisProgramWorksInTheBuildFolderOfItsCheckout() throws Exception {
        Workplace place = Workplace.find();
        assertThat(place.checkout())
                .hasValueSatisfying(
                        root -> assertThat(place.folder()).isEqualTo(root.resolve("target/bench")));
    }

    @Test
    void aFreshFolderIsGoneAfterwards() throws Exception {
        Path gone =
                new Workplace(Optional.empty(), folder)
                        .inFreshFolder(fresh -> {
                            Files.createDirectories(fresh.resolve("a/b"));
                            return Files.createFile(fresh.resolve("a/b/c"));
                        });
        assertThat(gone).doesNotExist();
        assertThat(folder).isEmptyDirectory();
    }
}
