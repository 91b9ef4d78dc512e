using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Writes the members of a proxy.</summary>
internal static class MemberEmitter
{
    public static void Emit(MemberModel member, SourceWriter writer)
    {
        switch (member)
        {
            case MethodModel { Prefetch: { } prefetch } method:
                EmitPrefetch(method, prefetch, writer);
                Emit(method with { Signature = prefetch.Signature, Prefetch = null }, writer);
                break;
            case MethodModel { Observation: { } observation } method:
                ObservationEmitter.Emit(method, observation, writer);
                break;
            case MethodModel method:
                writer.Line($"{method.Signature} =>");
                writer.Indented(Call(method) + ";");
                break;
            case DelegatedModel delegated:
                writer.Line($"{delegated.Signature} => {delegated.Expression};");
                break;
            case PropertyModel property:
                EmitProperty(property, writer);
                break;
            case EventModel @event:
                writer.Open($"{@event.Modifiers}event {@event.Signature}");
                writer.Line($"add => {@event.Target} += value;");
                writer.Line($"remove => {@event.Target} -= value;");
                writer.Close();
                break;
        }
    }

    private static string Call(MethodModel method)
    {
        var call = VariantExpression.Through(method.Call.Cast, method.Entry) + method.Call.Text;
        return (method.Enqueue, method.Call.ByRef) switch
        {
            ({ } enqueue, _) => $"{RuntimeCalls.Barrier(enqueue.Method)}({call}, {enqueue.Local})",
            (_, "") => call,
            _ => "ref " + call,
        };
    }

    /// <summary>Uses a tuple and a static lambda, which captures nothing, so that nothing is allocated if there is nothing to await.</summary>
    private static void EmitPrefetch(MethodModel method, PrefetchModel prefetch, SourceWriter writer)
    {
        writer.Line($"{method.Signature} => this.decorator.{RuntimeCalls.IsAssignmentCached}({prefetch.Identity})");
        writer.Indented($"? this.{prefetch.Call}");
        writer.Indented($": this.decorator.{RuntimeCalls.PrefetchAssignment}({prefetch.Identity}).{RuntimeCalls.Invoke}({prefetch.State}, static {prefetch.StateLocal} => {prefetch.LaterCall}{(prefetch.MayBeNull ? "!" : "")});");
        writer.Line();
        writer.Lines(method.Attributes.Where(attribute => !attribute.StartsWith("[return: ", StringComparison.Ordinal)));
    }

    private static void EmitProperty(PropertyModel property, SourceWriter writer)
    {
        writer.Open(property.Signature);
        if (property.Getter is { } getter)
        {
            writer.Lines(getter);
            writer.Line($"get => {(property.ReturnsByRef ? "ref " : "")}{property.Target};");
        }

        if (property.Setter is { } setter)
        {
            writer.Lines(setter);
            writer.Line(property.InitRefusal is null
                ? $"set => {property.Target} = value;"
                : $"init => throw new global::System.NotSupportedException({property.InitRefusal});");
        }

        writer.Close();
    }
}
