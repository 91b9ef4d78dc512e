using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.WebShopSample;
using Microsoft.AspNetCore.DataProtection;

var builder = WebApplication.CreateBuilder(args);
var data = Directory.CreateDirectory(builder.Configuration["data"] ?? Path.Combine(builder.Environment.ContentRootPath, "data")).FullName;

// Visitors, recognized by a signed cookie, keep their variants.
builder.Services.AddDataProtection().PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(data, "keys")));
builder.Services.AddHttpSubjectIdentity();
builder.Services.AddSqliteAssignmentStore(Path.Combine(data, "assignments.db"));

// Events go to files and to a destination that can be stopped. What it does not take waits in the outbox, which is small, so that a longer outage shows losses.
builder.Services.AddFileDataBackplane(Path.Combine(data, "events"));
builder.Services.AddSingleton<SwitchableBackplane>();
builder.Services.AddSingleton<IDataBackplane>(static services => services.GetRequiredService<SwitchableBackplane>());
builder.Services.AddSqliteOutbox(Path.Combine(data, "outbox.db"), options => options.MaxBytes = builder.Configuration.GetValue("outbox", 2_000_000L));
if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
{
    builder.Services.AddOtlpDataBackplane();
}

builder.Services.AddHealthChecks().AddDataBackplane();
builder.Services.AddExperimentMonitor(options => options.SnapshotFile = Path.Combine(data, "monitor.snapshot"));
builder.Services.AddAnalysisPlan(new AnalysisPlan
{
    ExperimentName = ShopEndpoints.CheckoutExperiment,
    Control = "control",
    PrimaryMetric = new PlannedMetric { Name = ShopEndpoints.Purchase, Definition = new MetricDefinition(TimeSpan.FromSeconds(30), MetricAggregation.Any), Baseline = 0.3 },
    MinimumEffect = 0.1,
    Owner = "the sample",
});

builder.Services.AddSingleton<ExactPrice>().AddSingleton<PriceWithShipping>();
builder.Services.AddExperimentFramework(static experiments => experiments
    .WithExposureLogging()
    .Trial<IPriceDisplay>(static trial => trial
        .AddControl<ExactPrice>()
        .AddVariant<PriceWithShipping>("with-shipping")
        .UsingSubjectHash()
        .WithPolicy(AssignmentPolicy.SubjectSticky))
    .Experiment(ShopEndpoints.CheckoutExperiment, static checkout =>
    {
        checkout.AddControl();
        checkout.AddVariant(ShopEndpoints.OnePage);
        checkout.WithSemantics(ExposureSemantics.OnFirstUse);
    }));

builder.Services.AddSingleton(new SimulationSettings(builder.Configuration.GetValue("loss", 0.1)) { VisitorsPerSecond = builder.Configuration.GetValue("visitors", 20) });
builder.Services.AddSingleton<SimulatedVisitors>();
builder.Services.AddHostedService(static services => services.GetRequiredService<SimulatedVisitors>());

var app = builder.Build();
app.UseStaticFiles();
app.UseSubjectAssignments();
app.MapShop();
app.MapSimulation();
app.MapHealthChecks("/health");
app.MapExperiments("/experiments");
app.Lifetime.ApplicationStarted.Register(() =>
{
    var address = Address.Of(app.Urls);
    Console.WriteLine($"""

        The shop is open: {address}
        The experiments:  {address}experiments
        Break something:  {address}simulation
        Events and all state are in {data}

        """);
});
app.Run();
