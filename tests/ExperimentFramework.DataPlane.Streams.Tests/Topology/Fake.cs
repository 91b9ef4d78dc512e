using System.Reflection;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>Creates implementations of interfaces that have more members than a test calls.</summary>
public static class Fake
{
    /// <summary>Creates one.</summary>
    /// <param name="answer">What a call returns, by the name of the member.</param>
    public static T Create<T>(Func<string, object?> answer)
        where T : class => Create<T>((name, _) => answer(name));

    /// <summary>Creates one.</summary>
    /// <param name="answer">What a call returns, by the name of the member and the arguments.</param>
    public static T Create<T>(Func<string, object?[], object?> answer)
        where T : class
    {
        var proxy = DispatchProxy.Create<T, Answering<T>>();
        ((Answering<T>)(object)proxy).Answer(answer);
        return proxy;
    }

    /// <summary>Answers each call of an interface.</summary>
    public class Answering<T> : DispatchProxy
        where T : class
    {
        private Func<string, object?[], object?> _answer = static (_, _) => null;

        /// <summary>Sets what it answers, by the name of the member and the arguments.</summary>
        public void Answer(Func<string, object?[], object?> answer) => _answer = answer;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!.Name, args ?? []);
    }
}
