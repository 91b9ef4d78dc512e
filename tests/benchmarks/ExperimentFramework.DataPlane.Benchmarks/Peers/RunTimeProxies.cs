using System.Reflection;
using Castle.DynamicProxy;
using ExperimentFramework.DataPlane.Benchmarks.Calls;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>What the hand-written decorator does, in proxies that are made at run time.</summary>
public static class RunTimeProxies
{
    /// <summary>Through Castle DynamicProxy.</summary>
    public static ICheckout Castle(Action<DataPlaneEnvelope> publish) =>
        new ProxyGenerator().CreateInterfaceProxyWithTarget<ICheckout>(new OtherCheckout(), new Interceptor(publish));

    /// <summary>Through <see cref="DispatchProxy"/>.</summary>
    public static ICheckout Dispatch(Action<DataPlaneEnvelope> publish)
    {
        var proxy = DispatchProxy.Create<ICheckout, Dispatcher>();
        ((Dispatcher)proxy).Publish = publish;
        return proxy;
    }

    /// <summary>The proxy that the run time derives from.</summary>
    public class Dispatcher : DispatchProxy
    {
        private readonly OtherCheckout _variant = new();

        internal Action<DataPlaneEnvelope> Publish { get; set; } = static _ => { };

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Publish(CheckoutExposure.Of((string)args![0]!));
            return targetMethod!.Invoke(_variant, args);
        }
    }

    private sealed class Interceptor(Action<DataPlaneEnvelope> publish) : IInterceptor
    {
        public void Intercept(IInvocation invocation)
        {
            publish(CheckoutExposure.Of((string)invocation.Arguments[0]!));
            invocation.Proceed();
        }
    }
}
