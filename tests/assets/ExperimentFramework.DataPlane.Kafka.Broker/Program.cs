using ExperimentFramework.DataPlane.Kafka.Broker;

// Brokers in a process of their own: prints their addresses, then answers one line to each command that it reads, and ends with its input.
using var cluster = new MockCluster(brokers: int.Parse(args[0]));
Console.WriteLine(cluster.Addresses);
while (Console.ReadLine() is { } line)
{
    Console.WriteLine(cluster.Run(line.Split(' ')) is var code and not 0 ? $"error {code}" : "ok");
}
