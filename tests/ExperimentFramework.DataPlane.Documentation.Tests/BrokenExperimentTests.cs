using System.Xml.Linq;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>The sample that loses subjects shows what the page about the monitor says.</summary>
public sealed class BrokenExperimentTests
{
    [Fact]
    public async Task A_variant_that_loses_a_tenth_of_its_subjects_raises_an_alarm_that_names_it_and_the_suspected_cause()
    {
        var output = await RunAsync();

        Assert.Contains("ALARM at ", output, StringComparison.Ordinal);
        Assert.Contains(" new has ", output, StringComparison.Ordinal);
        Assert.Contains("fewer than planned", output, StringComparison.Ordinal);
        Assert.Contains("redirects", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_loss_there_is_no_alarm() =>
        Assert.DoesNotContain("ALARM", await RunAsync("--loss", "0"), StringComparison.Ordinal);

    [Fact]
    public async Task The_picture_shows_the_share_and_the_evidence()
    {
        var folder = Directory.CreateTempSubdirectory("dataplane-picture-");
        try
        {
            var file = Path.Combine(folder.FullName, "picture.svg");
            await RunAsync("--picture", file);

            XNamespace svg = "http://www.w3.org/2000/svg";
            Assert.Equal(2, XDocument.Load(file).Descendants(svg + "polyline").Count());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var (output, exitCode) = await Sample.RunAsync("BrokenExperimentSample", arguments);
        Assert.Equal(0, exitCode);
        return output;
    }
}
