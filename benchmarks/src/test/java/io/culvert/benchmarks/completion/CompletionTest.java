package io.culvert.benchmarks.completion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bash offers at a press of the tab key. */
class CompletionTest {
  @TempDir private static Path directory;
  private static Path script;

  @BeforeAll
  static void writeScript() throws IOException {
    script = Files.writeString(directory.resolve("completion.sh"), CompletionCommand.script());
  }

  @Test
  void offersTheCommandsOfTheLauncher() throws Exception {
    assertThat(offered("culvert", ""))
        .contains("server", "admin", "agent", "demo", "bench", "chaos", "completion");
  }

  @Test
  void offersWhatBeginsAsTyped() throws Exception {
    assertThat(offered("culvert", "admin", "mem")).containsExactly("member", "members");
    assertThat(offered("culvert", "agent", "st")).containsExactly("status");
    assertThat(offered("culvert", "bench", "tun")).containsExactly("tunnel");
  }

  @Test
  void offersOptionsAndTheirChoices() throws Exception {
    assertThat(offered("culvert", "agent", "up", "--tok")).contains("--token", "--token-file");
    assertThat(offered("culvert", "admin", "vpn", "create", "--cipher", ""))
        .contains("aes-128-gcm", "aes-256-gcm");
  }

  private static List<String> offered(String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "bash",
                "--norc",
                "-c",
                """
                source "$1"; shift
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=$((${#COMP_LINE}))
                _complete_culvert
                printf '%s\\n' "${COMPREPLY[@]}"
                """,
                "bash",
                script.toString()));
    command.addAll(List.of(words));
    Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(said).isZero();
    return said.lines().map(String::strip).toList();
  }
}
