using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlaneSample;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);

builder.Services.AddSingleton<StripePaymentProcessor>();
builder.Services.AddSingleton<PayPalPaymentProcessor>();
builder.Services.AddSingleton<SessionIdentityProvider>();
builder.Services.AddSingleton<ISubjectIdentityProvider>(services => services.GetRequiredService<SessionIdentityProvider>());

builder.Services.AddDataBackplane(options =>
{
    options.ExposureSemantics = ExposureSemantics.OnFirstUse;
    options.SamplingRate = 1.0;
});
builder.Services.AddInMemoryDataBackplane();
builder.Services.AddFileDataBackplane("events");
builder.Services.AddExperimentFramework(experiments => experiments
    .WithExposureLogging()
    .Trial<IPaymentProcessor>(trial => trial
        .AddControl<StripePaymentProcessor>()
        .AddVariant<PayPalPaymentProcessor>("paypal")
        .UsingSubjectHash()));

using var host = builder.Build();
await host.StartAsync();

var processor = host.Services.GetRequiredService<IPaymentProcessor>();
var session = host.Services.GetRequiredService<SessionIdentityProvider>();
foreach (var name in new[] { "session-1", "session-2", "session-3", "session-1" })
{
    session.CurrentSession = name;
    Console.WriteLine($"{name}: {await processor.ProcessPaymentAsync(99.99m, "EUR")}");
}

var backplane = host.Services.GetRequiredService<InMemoryDataBackplane>();
Console.WriteLine();
Console.WriteLine($"--- {backplane.Events.Count} events ---");
foreach (var envelope in backplane.Events)
{
    Console.WriteLine($"EventId:         {envelope.EventId}");
    Console.WriteLine($"Type:            {envelope.EventType}");
    Console.WriteLine($"Timestamp:       {envelope.Timestamp:o}");
    Console.WriteLine($"SchemaVersion:   {envelope.SchemaVersion}");
    if (envelope.Payload is ExposureEvent exposure)
    {
        Console.WriteLine($"Experiment:      {exposure.ExperimentName}");
        Console.WriteLine($"VariantKey:      {exposure.VariantKey}");
        Console.WriteLine($"Subject:         {exposure.SubjectId} ({exposure.SubjectType})");
        Console.WriteLine($"SelectionReason: {exposure.SelectionReason}");
    }

    Console.WriteLine($"Meaning:         {EventMeaning.Of(envelope.Payload)}");
    Console.WriteLine();
}

var health = await backplane.HealthAsync();
Console.WriteLine("--- Health ---");
Console.WriteLine($"Healthy:         {health.IsHealthy}");
Console.WriteLine($"Description:     {health.Description}");
await host.StopAsync();
host.Dispose();

Console.WriteLine();
Console.WriteLine("--- Files ---");
Console.WriteLine($"The same events are in {Path.GetFullPath("events")}. Exposures by variant:");
Console.WriteLine("""gzip -cdf events/*.jsonl* | grep '"payload":{"eventType":"Exposure"' | grep -o '"variantKey":"[^"]*"' | sort | uniq -c""");
Console.WriteLine("Subjects by variant, with DuckDB:");
Console.WriteLine("""duckdb -c "select coalesce(json->>'$.payload.assignedVariantKey', json->>'$.payload.variantKey') as arm, count(distinct (json->>'$.payload.tenantId', json->>'$.payload.subjectType', json->>'$.payload.subjectId')) as subjects from read_ndjson_objects('events/*.jsonl*') where (json->>'$.eventType') = 'Exposure' group by all order by all" """.TrimEnd());
