namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>The sample that streams to three destinations at once finds in each of them what was served, and says so if it does not.</summary>
public sealed class StreamingSampleTests
{
    [Fact]
    public async Task Every_destination_has_the_subjects_that_were_served_also_after_an_outage()
    {
        var (output, exitCode) = await Sample.RunAsync("StreamingSample", "--visitors", "1000");

        Assert.True(exitCode == 0, output);
        var rows = output.Split('\n').Where(line => line.StartsWith("  control", StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]).ToArray();
        Assert.Equal(3, rows.Length);
        Assert.Single(rows[0].Distinct());
        Assert.Equal(rows[0][0], rows[1][3]);
        Assert.Equal([rows[2][0], rows[2][0], rows[0][0]], rows[1][1..]);
        Assert.Single(rows[2].Distinct());
        Assert.NotEqual(rows[0][0], rows[2][0]);
    }

    [Fact]
    public async Task A_destination_that_has_lost_subjects_is_found_out()
    {
        var (output, exitCode) = await Sample.RunAsync("StreamingSample", "--visitors", "1000", "--forgets", "0.05");

        Assert.Equal(1, exitCode);
        Assert.EndsWith("The destinations do not have the subjects that were served.", output.TrimEnd(), StringComparison.Ordinal);
    }
}
