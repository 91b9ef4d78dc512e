using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.ThirdParty.Tests;

/// <summary>Every member of interfaces that others wrote reaches the same slot of the variant, once.</summary>
public sealed class ThirdPartyTests
{
    public static TheoryData<Type> Interfaces =>
        [.. new[] { typeof(Lean), typeof(Observed) }.SelectMany(holder => holder.GetNestedTypes()).Where(type => type.IsInterface)];

    [Fact]
    public void There_are_at_least_thirty() => Assert.True(typeof(Lean).GetNestedTypes().Length >= 30);

    [Theory]
    [MemberData(nameof(Interfaces))]
    public Task Each_member_reaches_its_own_slot(Type service) =>
        (Task)typeof(ThirdPartyTests).GetMethod(nameof(CheckAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(service).Invoke(null, null)!;

    private static async Task CheckAsync<TService>()
        where TService : class
    {
        var variant = DispatchProxy.Create<TService, RecordingVariant>();
        var recording = (RecordingVariant)(object)variant;
        await using var provider = new ServiceCollection()
            .AddSingleton(variant)
            .AddInMemoryDataBackplane()
            .AddExposureLogging<TService>(exposures => exposures.Using(new FlagSystem()))
            .BuildServiceProvider();
        var proxy = provider.GetRequiredService<TService>();
        Assert.NotSame(variant, proxy);

        var checkedMembers = 0;
        foreach (var method in typeof(TService).GetInterfaces().Append(typeof(TService)).SelectMany(type => type.GetMethods()).Where(CanBeInvoked))
        {
            var closed = Close(method);
            if (closed is null)
            {
                continue;
            }

            recording.Calls.Clear();
            closed.Invoke(proxy, [.. closed.GetParameters().Select(DefaultOf)]);

            var call = Assert.Single(recording.Calls);
            Assert.Equal(closed, call);
            checkedMembers++;
        }

        Assert.True(checkedMembers > 0 || typeof(TService).GetInterfaces().SelectMany(type => type.GetMethods()).All(method => !CanBeInvoked(method)));
    }

    /// <summary>Reflection can call neither static members nor those with types that live on the stack only.</summary>
    private static bool CanBeInvoked(MethodInfo method) =>
        method is { IsStatic: false, IsVirtual: true, IsFinal: false, IsPublic: true }
        && !IsOnStack(method.ReturnType)
        && !method.ReturnType.IsByRef
        && method.GetParameters().All(parameter => !IsOnStack(parameter.ParameterType));

    private static bool IsOnStack(Type type) => type.IsByRefLike || type.IsPointer || (type.HasElementType && IsOnStack(type.GetElementType()!));

    private static MethodInfo? Close(MethodInfo method)
    {
        if (!method.IsGenericMethodDefinition)
        {
            return method;
        }

        foreach (var candidate in new[] { typeof(string), typeof(int), typeof(object), typeof(List<int>) })
        {
            try
            {
                return method.MakeGenericMethod([.. method.GetGenericArguments().Select(_ => candidate)]);
            }
            catch (ArgumentException)
            {
                // Not allowed by a constraint: the next candidate may be.
            }
        }

        return null;
    }

    private static object? DefaultOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }

    private sealed class FlagSystem : IVariantSelector
    {
        public VariantSelection Select(in SelectionContext context) => new("flagged", "flag-system");
    }
}

/// <summary>Notes which slot was called and answers the default.</summary>
public class RecordingVariant : DispatchProxy
{
    public List<MethodInfo> Calls { get; } = [];

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Calls.Add(targetMethod!);
        foreach (var parameter in targetMethod!.GetParameters().Where(parameter => parameter.IsOut && parameter.ParameterType.IsByRef))
        {
            var place = parameter.ParameterType.GetElementType()!;
            args![parameter.Position] = place.IsValueType ? Activator.CreateInstance(place) : null;
        }

        var type = targetMethod.ReturnType;
        if (type == typeof(Task))
        {
            return Task.CompletedTask;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
        {
            var result = type.GenericTypeArguments[0];
            return typeof(Task).GetMethod(nameof(Task.FromResult))!.MakeGenericMethod(result).Invoke(null, [result.IsValueType ? Activator.CreateInstance(result) : null]);
        }

        return type.IsValueType && type != typeof(void) ? Activator.CreateInstance(type) : null;
    }
}
