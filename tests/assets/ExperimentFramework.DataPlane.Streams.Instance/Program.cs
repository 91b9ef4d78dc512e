using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// An instance of the monitor in a process of its own, which ends with its input. Arguments: the brokers, the topic of events, that of signals, and a folder for the state, unless it is in memory.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
builder.Logging.AddSimpleConsole(options => options.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
builder.Services.AddExperimentMonitorStreams(options =>
{
    options.BootstrapServers = args[0];
    options.Topic = args[1];
    options.SignalsTopic = args[2];
    options.ApplicationId = args[1] + "-monitor";
    options.StateFolder = args.ElementAtOrDefault(3);

    // The brokers of the tests notice after this time that a member is gone.
    options.Settings["session.timeout.ms"] = "6000";
    options.Settings["heartbeat.interval.ms"] = "1000";
});
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("started");
while (Console.ReadLine() is not null)
{
}

await host.StopAsync();
Console.WriteLine("stopped");
