using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Benchmarks.Dashboard;

/// <summary>An application with many experiments, whose exposures come at a steady rate, and their pages. It says how long it took for each.</summary>
internal static class ServedExperiments
{
    public static async Task<int> RunAsync(int experiments, int eventsPerSecond)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddExperimentMonitor(options => options.MaxExperiments = experiments);
        await using var app = builder.Build();
        ConcurrentDictionary<string, ConcurrentQueue<double>> times = new();
        app.Use(async (context, next) =>
        {
            var begun = Stopwatch.GetTimestamp();
            await next(context);
            times.GetOrAdd(context.Request.Path.Value!, static _ => new ConcurrentQueue<double>()).Enqueue(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        });
        app.MapExperiments("/experiments", static options => options.AllowAnonymous = true);
        app.MapGet("/processor", static () => Environment.CpuUsage.TotalTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        app.MapGet("/times", (string path) => string.Join('\n', times.GetValueOrDefault(path, []).Select(static time => time.ToString(CultureInfo.InvariantCulture))));
        app.MapGet("/exposures", async (IExperimentReadModel model) => (await model.GetExperimentsAsync()).Experiments.Sum(static experiment => experiment.Exposures).ToString(CultureInfo.InvariantCulture));
        await app.StartAsync();
        var publisher = app.Services.GetRequiredService<IEventPublisher>();
        await DeclareAsync(publisher, experiments);
        Console.WriteLine(app.Urls.First());
        await PublishAsync(publisher, experiments, eventsPerSecond, app.Lifetime.ApplicationStopping);
        return 0;
    }

    private static async Task DeclareAsync(IEventPublisher publisher, int experiments)
    {
        for (var experiment = 0; experiment < experiments; experiment++)
        {
            await publisher.PublishAsync(new AnalysisSignalEvent
            {
                ExperimentName = NameOf(experiment),
                Timestamp = DateTimeOffset.UtcNow,
                SignalType = AnalysisSignalType.AllocationDeclared,
                Severity = SignalSeverity.Info,
                Message = "The weights.",
                Data = new Dictionary<string, object?> { ["allocationVersion"] = "v1", ["weight:control"] = 1.0, ["weight:b"] = 1.0 },
            });
            if (experiment % 500 == 499)
            {
                await publisher.FlushAsync();
            }
        }

        await publisher.FlushAsync();
    }

    /// <summary>Publishes in batches of 10 ms, and catches up after a pause.</summary>
    private static async Task PublishAsync(IEventPublisher publisher, int experiments, int eventsPerSecond, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (long published = 0; !cancellationToken.IsCancellationRequested;)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            for (var due = (long)(Stopwatch.GetElapsedTime(begun).TotalSeconds * eventsPerSecond); published < due; published++)
            {
                await publisher.PublishAsync(
                    new ExposureEvent
                    {
                        ExperimentName = NameOf(random.Next(experiments)),
                        Timestamp = DateTimeOffset.UtcNow,
                        VariantKey = random.Next(2) == 0 ? "control" : "b",
                        SubjectId = published.ToString(CultureInfo.InvariantCulture),
                        AllocationVersion = "v1",
                        SelectionReason = SelectionReasons.HashAssignment,
                    },
                    cancellationToken);
            }
        }
    }

    public static string NameOf(int experiment) => string.Create(CultureInfo.InvariantCulture, $"experiment-{experiment:0000}");
}
