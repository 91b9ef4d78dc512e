using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Following;

public sealed class FollowedInputTests : IDisposable
{
    private readonly ToolFixture _tool = new();

    [Fact]
    public async Task Standard_input_is_shown_as_it_arrives()
    {
        using var process = ToolProcess.Start("tail", "-", "--follow", "--json", "--show-subjects");
        foreach (var envelope in SampleStream.Few.Take(3))
        {
            // Each is waited for before the next is written.
            await process.StandardInput.BaseStream.WriteAsync(SampleStream.Lines([envelope]), TestContext.Current.CancellationToken);
            await process.StandardInput.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
            Assert.Equal(DataPlaneJson.Serialize(envelope), await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(2, (await _tool.RunAsync("tail", "-", "--follow", _tool.Path(""))).Code);
    }

    public void Dispose() => _tool.Dispose();
}
