using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>The commands of the page about files, run by a shell in a folder with events.</summary>
public sealed partial class WriteFilesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_command_counts_exposures_by_variant_in_files_that_are_written_and_in_compressed_ones(bool isFinished)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The command is one for Unix.");
        var folder = Directory.CreateTempSubdirectory("dataplane-page-");
        await using var backplane = new FileDataBackplane(Path.Combine(folder.FullName, "events"));
        try
        {
            await backplane.PublishAsync([.. Enumerable.Range(0, 10).Select(Event)], TestContext.Current.CancellationToken);
            if (isFinished)
            {
                await backplane.DisposeAsync();
            }

            var output = await RunAsync(Command().Match(Page.Get("docs/how-to/destinations/write-files.md").Text).Groups[1].Value, folder.FullName);

            Assert.Equal(["3 \"variantKey\":\"b\"", "6 \"variantKey\":\"control\""], output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Of ten events nine are exposures, three of them of the variant; the last one is an account, which counts exposures too.</summary>
    private static DataPlaneEnvelope Event(int number)
    {
        DataPlaneEvent payload = number == 9
            ? new AccountingEvent
            {
                ExperimentName = ExperimentNames.All,
                Timestamp = DateTimeOffset.UnixEpoch,
                ProducerId = "00000000000",
                Destination = "test",
                SequenceNumber = 0,
                IntervalStart = DateTimeOffset.UnixEpoch,
                IntervalEnd = DateTimeOffset.UnixEpoch,
                IsLast = true,
                Calls = [],
                Published = [new AccountedEvents { ExperimentName = "exp", VariantKey = "b", EventType = "Exposure", Count = 3 }],
                Drops = [],
            }
            : new ExposureEvent { ExperimentName = "exp", Timestamp = DateTimeOffset.UnixEpoch, VariantKey = number < 3 ? "b" : "control", SubjectId = $"{number}", SelectionReason = "test" };
        return new DataPlaneEnvelope { EventId = Guid.CreateVersion7(), Timestamp = payload.Timestamp, EventType = payload.EventType, SchemaVersion = payload.SchemaVersion, Payload = payload };
    }

    private static async Task<string> RunAsync(string command, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }

    [GeneratedRegex("```sh\n(gzip .*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Command();
}
