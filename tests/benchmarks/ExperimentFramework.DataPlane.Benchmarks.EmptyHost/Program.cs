using Microsoft.Extensions.Hosting;

// What any application has before the data plane comes to it: dependency injection, options, logging, a lifetime.
var builder = Host.CreateEmptyApplicationBuilder(null);
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("started");

// Until whoever measures has looked.
Console.ReadLine();
await host.StopAsync();
