namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>The README's code, pasted in its order into the only file of a new console project, compiles, runs and shows the exposure.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_blocks_pasted_in_order_compile_and_run_and_show_the_exposure() =>
        Assert.Matches(@"user-1 was served (control|dynamic) because of hash-assignment", await PageProcess.RunAsync("README.md"));
}
