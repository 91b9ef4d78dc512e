using Amqp.Framing;
using Amqp.Types;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

internal enum HubAnswerKind
{
    Accept,
    Refuse,
    Detach,
    Cut,
    Hang,
}

/// <summary>What a hub does with a message.</summary>
internal sealed record HubAnswer(HubAnswerKind Kind, Error? Error = null, bool IsStored = false)
{
    public const string MissingHub = "The messaging entity 'secret' could not be found.";

    public static HubAnswer Accept { get; } = new(HubAnswerKind.Accept, IsStored: true);

    public static HubAnswer Busy { get; } = Refuse("com.microsoft:server-busy");

    /// <summary>The client distinguishes a missing hub from a lost one by the text of the service.</summary>
    public static HubAnswer NotFound { get; } = Refuse("amqp:not-found", MissingHub);

    public static HubAnswer Unauthorized { get; } = Refuse("amqp:unauthorized-access");

    public static HubAnswer TooLarge { get; } = Refuse("amqp:link:message-size-exceeded");

    /// <summary>Nothing more is heard of the message.</summary>
    public static HubAnswer Hang { get; } = new(HubAnswerKind.Hang);

    /// <summary>The link is closed, and the message is not stored.</summary>
    public static HubAnswer Detach { get; } = new(HubAnswerKind.Detach, new Error(new Symbol("amqp:link:detach-forced")) { Description = "The link was detached." });

    /// <summary>The connection is closed, and the message is not stored.</summary>
    public static HubAnswer Cut { get; } = new(HubAnswerKind.Cut, new Error(new Symbol("amqp:connection:forced")) { Description = "The connection was closed." });

    /// <summary>The message is stored, and the answer is lost with the connection.</summary>
    public static HubAnswer LoseAnswer { get; } = Cut with { IsStored = true };

    private static HubAnswer Refuse(string condition, string description = "secret detail of the service") => new(HubAnswerKind.Refuse, new Error(new Symbol(condition)) { Description = description });
}
