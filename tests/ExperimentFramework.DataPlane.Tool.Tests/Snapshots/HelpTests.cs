using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Snapshots;

public sealed class HelpTests
{
    [Theory]
    [InlineData("inspect")]
    [InlineData("verify")]
    [InlineData("srm")]
    [InlineData("readout")]
    [InlineData("report")]
    [InlineData("serve")]
    [InlineData("tail")]
    [InlineData("convert")]
    [InlineData("power")]
    [InlineData("plan")]
    [InlineData("compute")]
    [InlineData("completion")]
    public async Task Help_has_examples_that_are_right_and_keeps_to_the_width(string command)
    {
        using var tool = new ToolFixture { Width = 80 };

        var run = await tool.RunAsync(command, "--help");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var examples = run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n').Skip(1).Where(line => line.Length > 0).ToList();
        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            var arguments = example[(example.LastIndexOf("dataplane ", StringComparison.Ordinal) + 10)..].Split(' ');
            Assert.Equal(command, arguments[0]);
            Assert.Empty(CommandLine.Create(tool.Console(TimeProvider.System)).Parse(arguments).Errors);
        }

        Assert.All(run.Output[..run.Output.IndexOf("Examples:", StringComparison.Ordinal)].Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("nonsense")]
    [InlineData("inspect", "events", "--nonsense")]
    public async Task Wrong_arguments_have_exit_code_2(params string[] arguments)
    {
        using var tool = new ToolFixture();

        Assert.Equal(2, (await tool.RunAsync(arguments)).Code);
    }
}
