using ExperimentFramework.DataPlane.EventHubs.Tests;

// An event hub in a process of its own: prints its connection string, then the number of messages that it has stored for each line that it reads, and ends with its input.
using var server = HubServer.Start();
Console.WriteLine(server.ConnectionString);
while (Console.ReadLine() is not null)
{
    Console.WriteLine(server.Messages.Count);
}
