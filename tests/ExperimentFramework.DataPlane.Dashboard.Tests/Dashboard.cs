using ExperimentFramework.DataPlane.Science;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Dashboard.Tests;

/// <summary>An application with a dashboard over a monitor that the test feeds.</summary>
internal sealed class Dashboard : IAsyncDisposable
{
    public const string Experiment = "checkout-pricing";

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly WebApplication _app;
    private int _events;

    private Dashboard(WebApplication app, ExperimentMonitor monitor, WaitingTime time)
    {
        _app = app;
        Monitor = monitor;
        Time = time;
        Address = new Uri(app.Urls.FirstOrDefault() ?? "http://localhost");
        Client = app.Services.GetRequiredService<IServer>() is TestServer ? app.GetTestClient() : new HttpClient { BaseAddress = Address };
    }

    /// <summary>Where a browser reaches it.</summary>
    public Uri Address { get; }

    public ExperimentMonitor Monitor { get; }

    public WaitingTime Time { get; }

    public HttpClient Client { get; }

    /// <summary>Starts an application, in development unless another environment is named.</summary>
    public static Task<Dashboard> StartAsync(
        string environment = "Development",
        Action<IServiceCollection>? services = null,
        Action<ExperimentDashboardOptions>? options = null,
        string pattern = "/experiments",
        Func<IExperimentReadModel, IExperimentReadModel>? model = null,
        IEnumerable<AnalysisPlan>? plans = null,
        params (string Key, string Value)[] section) => StartAsync(new Setup { Environment = environment, Services = services, Options = options, Pattern = pattern, Model = model, Plans = plans, Section = section });

    /// <summary>Starts an application with a real server, which a browser reaches.</summary>
    public static Task<Dashboard> ServeAsync(Func<IExperimentReadModel, IExperimentReadModel>? model = null, IEnumerable<AnalysisPlan>? plans = null, Action<IServiceCollection>? services = null) =>
        StartAsync(new Setup { IsServed = true, Model = model, Plans = plans, Services = services });

    public static async Task<Dashboard> StartAsync(Setup setup)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = setup.Environment });
        if (setup.IsServed)
        {
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(setup.Section.Select(static entry => KeyValuePair.Create("DataPlane:Dashboard:" + entry.Key, (string?)entry.Value)));
        var time = new WaitingTime(Start);
        var monitor = new ExperimentMonitor(new ExperimentMonitorOptions { SegmentAttributes = { "country" } }, setup.Plans);
        IExperimentReadModel readModel = new MonitorReadModel(monitor, ReadModelSource.OfFiles("events"), time);
        builder.Services.AddSingleton(monitor);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton(setup.Model?.Invoke(readModel) ?? readModel);
        builder.Services.AddRouting();
        setup.Services?.Invoke(builder.Services);
        var app = builder.Build();
        setup.Map(app.MapExperiments(setup.Pattern, setup.Options));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Dashboard(app, monitor, time);
    }

    public Task<string> GetAsync(string path) => Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    /// <summary>Sends a request as it arrives behind a proxy, which an HTTP client would not send.</summary>
    public async Task<(int Status, string Text)> RequestAsync(Action<HttpRequest> set)
    {
        var answer = await _app.GetTestServer().SendAsync(context => set(context.Request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(answer.Response.Body);
        return (answer.Response.StatusCode, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public void Declare(string experiment = Experiment, params string[] variants) => Observe(new AnalysisSignalEvent
    {
        ExperimentName = experiment,
        Timestamp = Time.GetUtcNow(),
        SignalType = AnalysisSignalType.AllocationDeclared,
        Severity = SignalSeverity.Info,
        Message = "Declared.",
        Data = new Dictionary<string, object?>((variants.Length == 0 ? ["control", "b"] : variants).Select(static variant => KeyValuePair.Create("weight:" + variant, (object?)1.0)).Append(KeyValuePair.Create("allocationVersion", (object?)"v1"))),
    });

    public void Expose(string subject, string variant, string experiment = Experiment, Func<ExposureEvent, ExposureEvent>? change = null)
    {
        var exposure = new ExposureEvent
        {
            ExperimentName = experiment,
            Timestamp = Time.GetUtcNow(),
            VariantKey = variant,
            SubjectId = subject,
            AllocationVersion = "v1",
            SelectionReason = SelectionReasons.HashAssignment,
        };
        Observe(change?.Invoke(exposure) ?? exposure);
    }

    /// <summary>Exposes new subjects in turn, and loses some of b.</summary>
    public void ExposeMany(int subjects, int loseEveryOfB = 0, string prefix = "s", string experiment = Experiment)
    {
        for (var subject = 0; subject < subjects; subject++)
        {
            if (subject % 2 == 0 || loseEveryOfB == 0 || subject / 2 % loseEveryOfB != 0)
            {
                Expose(prefix + subject, subject % 2 == 0 ? "control" : "b", experiment);
            }
        }

        Monitor.Evaluate(Time.GetUtcNow());
    }

    public Guid Observe(DataPlaneEvent payload)
    {
        var id = new Guid(++_events, 0, 0, [0x80, 0, 0, 0, 0, 0, 0, 1]);
        Monitor.Observe(
            new DataPlaneEnvelope { EventId = id, Timestamp = payload.Timestamp, EventType = payload.EventType, SchemaVersion = payload.SchemaVersion, Payload = payload },
            Time.GetUtcNow());
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>How an application is set up.</summary>
    internal sealed record Setup
    {
        public string Environment { get; init; } = "Development";

        public bool IsServed { get; init; }

        public Action<IServiceCollection>? Services { get; init; }

        public Action<ExperimentDashboardOptions>? Options { get; init; }

        public string Pattern { get; init; } = "/experiments";

        public Func<IExperimentReadModel, IExperimentReadModel>? Model { get; init; }

        public IEnumerable<AnalysisPlan>? Plans { get; init; }

        public (string Key, string Value)[] Section { get; init; } = [];

        /// <summary>What the application does with the endpoints.</summary>
        public Action<IEndpointConventionBuilder> Map { get; init; } = static _ => { };
    }
}
