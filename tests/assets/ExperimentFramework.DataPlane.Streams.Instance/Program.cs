using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// An instance of the monitor in a process of its own, which ends with its input. Arguments: the brokers, the topic of events, that of signals, a folder for the state (empty if it is in memory), and settings of the client, each as name=value.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
builder.Logging.AddSimpleConsole(options => options.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
builder.Services.AddExperimentMonitorStreams(options =>
{
    options.BootstrapServers = args[0];
    options.Topic = args[1];
    options.SignalsTopic = args[2];
    options.ApplicationId = args[1] + "-monitor";
    options.StateFolder = args[3].Length > 0 ? args[3] : null;

    // The brokers of the tests notice after this time that a member is gone.
    options.Settings["session.timeout.ms"] = "6000";
    options.Settings["heartbeat.interval.ms"] = "1000";
    foreach (var setting in args.Skip(4).Select(static setting => setting.Split('=', 2)))
    {
        options.Settings[setting[0]] = setting[1];
    }
});
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("started");
while (Console.ReadLine() is not null)
{
}

await host.StopAsync();
Console.WriteLine("stopped");
