using ExperimentFramework.AotSample;
using ExperimentFramework.AotSample.Contracts;
using ExperimentFramework.DataPlane;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

var configuration = new ConfigurationBuilder()
    .AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Pricing"] = "dynamic",
        ["Banner"] = "big",
        ["DataPlane:Experiments:banner:Variants:big:discount"] = "15",
    })
    .Build();

var services = new ServiceCollection();
services.AddSingleton<IConfiguration>(configuration);
services.AddSingleton<ListPricing>().AddSingleton<DynamicPricing>();
services.AddSingleton<OrderRepository>().AddSingleton<CachedOrderRepository>();
services.AddInMemoryDataBackplane();
services.AddLoggingDataBackplane();
var folder = Directory.CreateTempSubdirectory("aot-sample-");
var database = Path.Combine(folder.FullName, "events.db");
services.AddSqliteDataBackplane(database);
services.AddFileDataBackplane(Path.Combine(folder.FullName, "files"), options => options.Layout = FileLayout.Partitioned);
services.AddExperimentFramework(experiments => experiments
    .WithExposureLogging()
    .Trial<IPricing>(trial => trial
        .AddControl<ListPricing>()
        .AddVariant<DynamicPricing>("dynamic")
        .UsingConfigurationKey("Pricing")
        .OnErrorFallbackToControl())
    .Trial<IRepository<Order>>("orders", trial => trial
        .AddControl<OrderRepository>()
        .AddVariant<CachedOrderRepository>("cached")
        .UsingSubjectHash()
        .WithSemantics(ExposureSemantics.Explicit))
    .Experiment("banner", banner =>
    {
        banner.AddValue("discount", 0).UsingConfigurationKey("Banner");
        banner.AddControl().AddVariant("big").WithValue("discount", 10);
    }));
await using var provider = services.BuildServiceProvider();

var pricing = provider.GetRequiredService<IPricing>();
Expect(12m, pricing.Price("user-1", "DE"), "the variant's price");
Expect(10m, await pricing.PriceAsync("user-2"), "control's price where the variant throws");
await foreach (var price in pricing.PricesAsync("user-3"))
{
    Expect(12m, price, "the variant's stream");
}

var rebate = 1m;
pricing.Rebate("user-4", ref rebate) += 1m;
Expect(3m, rebate, "the place that the variant was handed and gave back");

var id = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
await using var scope = provider.CreateAsyncScope();
var order = scope.ServiceProvider.GetRequiredService<IRepository<Order>>().Load(id, "tenant-1");
var logged = await scope.ServiceProvider.GetRequiredService<IExposureLogger<IRepository<Order>>>().LogExposureAsync(id.ToString());
Expect(true, logged, "the exposure that is logged by hand");
var purchase = new MetricDetails
{
    SubjectId = "user-2", SubjectType = "user", Unit = "EUR", IdempotencyKey = "order-1", Attributes = new Dictionary<string, object?> { ["net"] = 8.40m },
};
await provider.GetRequiredService<IMetricRecorder>().RecordAsync("purchase", 9.99, purchase);

var experiments = scope.ServiceProvider.GetRequiredService<IExperiments>();
var banner = experiments.Decide("banner", "user-1", "user");
Expect("big", banner.VariantKey, "the variant of an experiment without an interface");
Expect(15, banner.GetValue<int>("discount"), "the value that the configuration sets");
Expect("dynamic", experiments.VariantOf<IPricing>("user-1", "user"), "the variant of an interface");
Expect(3, (await experiments.DecideAllAsync("user-1", "user")).Count, "the number of experiments");
var attributes = new Dictionary<string, object?> { ["page"] = "home" };
Expect(banner, await experiments.ExposeAsync("banner", "user-1", "user", attributes: attributes), "the decision that is exposed");
var recorded = await provider.GetRequiredService<IExposureRecorder>().RecordAsync(
    new DecidedExposure
    {
        ExperimentName = "banner", VariantKey = "big", SubjectId = "user-9", SubjectType = "user", Weights = new Dictionary<string, double> { ["control"] = 1, ["big"] = 3 },
    });
Expect(true, recorded, "the exposure that was decided elsewhere");
await provider.GetRequiredService<IEventPublisher>().FlushAsync();

var destination = provider.GetRequiredService<InMemoryDataBackplane>();
var events = destination.Events;
var exposures = events.Select(envelope => envelope.Payload).OfType<ExposureEvent>().ToList();
var outcomes = events.Select(envelope => envelope.Payload).OfType<OutcomeEvent>().ToList();
Expect("dynamic control dynamic dynamic", string.Join(" ", exposures.Take(4).Select(exposure => exposure.VariantKey)), "the variants that answered");
Expect("dynamic", exposures[1].AssignedVariantKey, "the variant that threw");
Expect(order.Number == 2 ? "cached" : "control", exposures[4].VariantKey, "the variant of the closed generic");
Expect(true, exposures.Take(5).All(exposure => exposure.VariantBuild is not null), "the build of each variant");
Expect("Price PriceAsync PricesAsync Rebate", string.Join(" ", outcomes.Select(outcome => outcome.OutcomeName)), "the outcomes");
Expect(true, outcomes.All(outcome => outcome is { Result: OutcomeResult.Success, ExposureEventId: not null }), "the outcomes' links");
Expect(" dynamic  ", string.Join(" ", outcomes.Select(outcome => outcome.AssignedVariantKey)), "the variant that an outcome counts for");
Expect(true, outcomes.All(outcome => outcome.FailedAttemptDuration is not null == (outcome.AssignedVariantKey is not null)), "the time of the failed attempt");
Expect("home", (string?)exposures[^2].Attributes?["page"], "the attribute of an exposure by name");
var split = events.Select(envelope => envelope.Payload).OfType<AnalysisSignalEvent>().Last(signal => signal.SignalType == AnalysisSignalType.AllocationDeclared).Data!;
Expect(exposures[^1].AllocationVersion, (string?)split["allocationVersion"], "the version of weights that were declared elsewhere");
Expect(3.0, (double?)split["weight:big"], "the weight that was declared elsewhere");
var metric = events.Select(envelope => envelope.Payload).OfType<MetricEvent>().Single();
Expect(("*", "purchase", 9.99, "EUR", "order-1", (decimal?)8.40m), (metric.ExperimentName, metric.MetricName, metric.Value, metric.Unit, metric.IdempotencyKey, (decimal?)metric.Attributes?["net"]), "the metric");
Expect(exposures[1], exposures.Single(exposure => (exposure.SubjectId, exposure.SubjectType) == (metric.SubjectId, metric.SubjectType)), "the exposure that the metric belongs to");
foreach (var envelope in events)
{
    var json = DataPlaneJson.Serialize(envelope);
    Console.WriteLine(json);
    Expect(json, DataPlaneJson.Serialize(DataPlaneJson.Deserialize(json)), "the event that was read back");
}

Expect(true, (await provider.GetRequiredService<IEventPublisher>().HealthAsync()).Diagnostics.ContainsKey("dropped"), "the pipeline's health");

// At its end the pipeline reports what it published, so that anyone who has the events can check that they are complete.
await scope.DisposeAsync();
await provider.DisposeAsync();
var account = destination.Events.Select(envelope => envelope.Payload).OfType<AccountingEvent>().Single(account => account.IsLast);
Expect(events.Count, account.Published.Sum(row => row.Count), "the number of events in the last account");
Expect(exposures.Count, account.Calls.Sum(row => row.ExposingCalls), "the number of exposing calls in the last account");
Expect(true, destination.Events.All(envelope => ProducerId.Of(envelope.EventId) == account.ProducerId), "the producer in the ids of events");
var text = DataPlaneJson.Serialize(destination.Events[^1]);
Console.WriteLine(text);
Expect(text, DataPlaneJson.Serialize(DataPlaneJson.Deserialize(text)), "the account that was read back");

await using (var connection = new SqliteConnection($"Data Source={database};Pooling=False"))
{
    await connection.OpenAsync();
    await using var command = connection.CreateCommand();
    command.CommandText = "select count(*) || ' ' || sum(expected = arrived and is_final) from completeness";
    Expect("4 4", (string?)await command.ExecuteScalarAsync(), "the kinds of events in the database, and those that are complete");
    command.CommandText = "select count(*) from exposures";
    Expect((long)exposures.Count, (long?)await command.ExecuteScalarAsync() ?? 0, "the number of exposures in the database");
}

// The files have the same events as memory, except for the accounts, each of which is for one destination.
var stored = new List<Guid>();
await foreach (var line in EventFiles.ReadAsync(Path.Combine(folder.FullName, "files")))
{
    if (line.Envelope.Payload is not AccountingEvent)
    {
        stored.Add(line.Envelope.EventId);
    }
}

var kept = destination.Events.Where(envelope => envelope.Payload is not AccountingEvent).Select(envelope => envelope.EventId);
Expect(true, kept.Order().SequenceEqual(stored.Order()), "the events in the files");

folder.Delete(recursive: true);
Console.WriteLine("All expectations met.");

static void Expect<T>(T expected, T actual, string what)
{
    if (!EqualityComparer<T>.Default.Equals(expected, actual))
    {
        Console.Error.WriteLine($"Expected {what} to be {expected}; it is {actual}.");
        Environment.Exit(1);
    }
}
