using ExperimentFramework.BrokenExperimentSample;
using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Science;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

const int VisitorsBeforeTheFault = 5_000;
const int VisitorsAStep = 1_000;

var builder = Host.CreateApplicationBuilder(args);
var loss = builder.Configuration.GetValue("loss", 0.1);
var visitors = builder.Configuration.GetValue("visitors", 40_000);
var picture = builder.Configuration["picture"];

// The alarm is also a log message, a metric and degraded health.
builder.Logging.SetMinimumLevel(LogLevel.Critical);
builder.Services.AddExperimentMonitor();
builder.Services.AddDataBackplane<Alarms>();
builder.Services.AddExperimentFramework(experiments => experiments
    .WithExposureLogging()
    .Experiment(Shop.Experiment, checkout => checkout.AddControl().AddVariant(Shop.NewCheckout)));

var host = builder.Build();
await host.StartAsync();

var shop = new Shop(host.Services.GetRequiredService<IExperiments>(), loss, seed: 2);
var publisher = host.Services.GetRequiredService<IEventPublisher>();
var monitor = host.Services.GetRequiredService<ExperimentMonitor>();
List<Progress> points = [];
var arrived = 0;
Console.WriteLine("visitors   arrived   share of new      p         state");
for (var visitor = 1; visitor <= visitors; visitor++)
{
    if (visitor == VisitorsBeforeTheFault + 1)
    {
        Console.WriteLine($"--- from here on, the redirect to the new checkout loses {loss:P0} of its visitors ---");
    }

    arrived += await shop.ServeAsync(visitor, isBroken: visitor > VisitorsBeforeTheFault) ? 1 : 0;
    if (visitor % VisitorsAStep != 0)
    {
        continue;
    }

    await publisher.FlushAsync();
    monitor.Evaluate(DateTimeOffset.UtcNow);
    var status = monitor.GetExperiments().Single();
    var share = status.Variants.Single(static variant => variant.Key == Shop.NewCheckout).Subjects / (double)status.Subjects;
    points.Add(new Progress(status.Subjects, share, status.LogPValue));
    if (picture is null)
    {
        Console.WriteLine(FormattableString.Invariant($"{visitor,8}  {arrived,8}  {share,13:F4}  {Math.Exp(status.LogPValue),9:G2}   {status.State}"));
    }
}

// The last signals are published while the host stops.
await host.StopAsync();
host.Dispose();
if (picture is not null)
{
    Picture.Write(picture, points, loss);
    Console.WriteLine($"{picture} is written.");
}
