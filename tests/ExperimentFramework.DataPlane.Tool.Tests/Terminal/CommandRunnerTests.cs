using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Terminal;

public sealed class CommandRunnerTests
{
    [Fact]
    public async Task The_text_of_a_failure_that_is_not_known_is_harmless_for_the_terminal()
    {
        using var tool = new ToolFixture();

        var run = await tool.RunAsync(
            console => CommandRunner.RunAsync(console, () => throw new InvalidOperationException("The experiment '\e[31mred\e[0m' cannot be monitored."), CancellationToken.None), TimeProvider.System);

        Assert.Equal(2, run.Code);
        Assert.Contains("'\uFFFD[31mred\uFFFD[0m' cannot be monitored.\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("\n   at ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Error);
    }
}
