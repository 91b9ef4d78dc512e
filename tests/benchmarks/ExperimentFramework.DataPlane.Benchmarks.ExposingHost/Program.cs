using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Benchmarks.ExposingHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateEmptyApplicationBuilder(null);
builder.Services.AddSingleton<ListPricing>().AddSingleton<DynamicPricing>();
builder.Services.AddDataBackplane<StandardOutputBackplane>();
builder.Services.AddExperimentFramework(experiments => experiments
    .WithExposureLogging()
    .Trial<IPricing>(trial => trial.AddControl<ListPricing>().AddVariant<DynamicPricing>("dynamic").UsingSubjectHash()));
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("started");

// The destination writes the exposure, as JSON, on a line of its own; the flush spares the wait for a full batch.
await host.Services.GetRequiredService<IPricing>().PriceAsync("user-1");
await host.Services.GetRequiredService<IEventPublisher>().FlushAsync();

// Until whoever measures has looked.
Console.ReadLine();
await host.StopAsync();
