using System.Reflection;
using Confluent.Kafka;
using Streamiz.Kafka.Net.Kafka;

namespace ExperimentFramework.DataPlane.Streams.Tests;

public sealed class EngineClientsTests
{
    [Fact]
    public void Consumers_that_a_failed_engine_leaves_behind_are_closed_although_one_of_them_fails()
    {
        List<string> calls = [];
        var supplier = Create<IKafkaSupplier>(_ => Create<IConsumer<byte[], byte[]>>(name =>
        {
            calls.Add(name);
            return name == "Close" && calls.Count == 1 ? throw new InvalidOperationException("Its tasks fail.") : null;
        }));
        using (var clients = new EngineClients(supplier))
        {
            clients.GetRestoreConsumer(new ConsumerConfig());
            clients.GetConsumer(new ConsumerConfig(), null!);
        }

        Assert.Equal(["Close", "Dispose", "Close", "Dispose"], calls);
    }

    private static T Create<T>(Func<string, object?> answer)
        where T : class
    {
        var proxy = DispatchProxy.Create<T, Fake<T>>();
        ((Fake<T>)(object)proxy).Answer(answer);
        return proxy;
    }

    /// <summary>Answers each call of an interface.</summary>
    public class Fake<T> : DispatchProxy
        where T : class
    {
        private Func<string, object?> _answer = static _ => null;

        /// <summary>Sets what it answers, by the name of the member.</summary>
        public void Answer(Func<string, object?> answer) => _answer = answer;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!.Name);
    }
}
