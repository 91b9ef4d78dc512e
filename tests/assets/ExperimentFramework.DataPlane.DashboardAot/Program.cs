using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane;

// Serves the pages of an experiment, follows every link on them and reads their updates, ahead-of-time compiled: .ci/run publishes and runs it.
var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Configuration.AddInMemoryCollection([new("DataPlane:Dashboard:AllowAnonymous", "true"), new("DataPlane:Dashboard:UpdateInterval", "00:00:01")]);
builder.Services.AddExperimentMonitor();
await using var app = builder.Build();
app.MapExperiments("/experiments");
await app.StartAsync();

var publisher = app.Services.GetRequiredService<IEventPublisher>();
await publisher.PublishAsync(new AnalysisSignalEvent
{
    ExperimentName = "checkout", Timestamp = DateTimeOffset.UtcNow, SignalType = AnalysisSignalType.AllocationDeclared, Severity = SignalSeverity.Info, Message = "The weights.",
    Data = new Dictionary<string, object?> { ["allocationVersion"] = "v1", ["weight:control"] = 1.0, ["weight:b"] = 1.0 },
});
for (var subject = 0; subject < 1_000; subject++)
{
    await publisher.PublishAsync(new ExposureEvent
    {
        ExperimentName = "checkout", Timestamp = DateTimeOffset.UtcNow, VariantKey = subject % 2 == 0 ? "control" : "b", SubjectId = subject.ToString(CultureInfo.InvariantCulture), AllocationVersion = "v1",
        SelectionReason = SelectionReasons.HashAssignment, VariantBuild = typeof(Program).Module.ModuleVersionId,
    });
}

await publisher.FlushAsync();

using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromMinutes(1) };
Queue<string> links = new(["/experiments"]);
HashSet<string> seen = [.. links];
var updates = 0;
while (links.TryDequeue(out var link))
{
    using var response = await client.GetAsync(link, HttpCompletionOption.ResponseHeadersRead);
    response.EnsureSuccessStatusCode();
    if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
    {
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await stream.ReadLineAsync() is not { } line || !line.StartsWith("data: {\"time\":", StringComparison.Ordinal))
        {
        }

        updates++;
        continue;
    }

    var content = await response.Content.ReadAsStringAsync();
    if (response.Content.Headers.ContentType?.MediaType == "text/html")
    {
        foreach (Match address in Addresses().Matches(content))
        {
            var found = WebUtility.HtmlDecode(address.Groups[1].Value);
            if (seen.Add(found))
            {
                links.Enqueue(found);
            }
        }
    }
}

await app.StopAsync();
if (seen.Count < 40 || updates < 2)
{
    Console.Error.WriteLine($"Only {seen.Count} addresses and {updates} streams of updates were found.");
    return 1;
}

Console.WriteLine("All pages, exports and updates came.");
return 0;

internal sealed partial class Program
{
    [GeneratedRegex("\"(/experiments[^\"]*)\"")]
    private static partial Regex Addresses();
}
