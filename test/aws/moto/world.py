"""What AWS does and moto 5.2 does not: Auto Scaling groups that take their time, keep to their zones and run out of
capacity; targets that drain and fail their checks; SSM's view of a node; percentiles.

Time is the test's: seconds since the epoch in the file named by EVAC_MOTO_CLOCK. Things happen when somebody looks.
Faults are tags: `sim:capacity=none` on a subnet, `sim:answering=no` and `sim:reachable=no` on an instance.
"""
import datetime
import os
import threading
import uuid

from moto.autoscaling import models as asm
from moto.autoscaling import responses as asr
from moto.autoscaling.exceptions import ValidationError
from moto.cloudwatch import models as cwm
from moto.core.responses import ActionResult
from moto.elbv2 import models as em
from moto.elbv2.exceptions import InvalidTargetError
from moto.ssm import models as ssmm
from moto.ssm import responses as ssmr

BOOT, DRAIN, RETRY, REBALANCE, INITIAL = 5, 30, 15, 15, 2
lock = threading.RLock()


def now():
    with open(os.environ["EVAC_MOTO_CLOCK"]) as file:
        return float(file.read())


def tag(thing, key):
    return next((t["value"] for t in thing.get_tags() if t["key"] == key), None)


# --- Auto Scaling ---------------------------------------------------------------------------------------------------

Group, Backend = asm.FakeAutoScalingGroup, asm.AutoScalingBackend
launch_instances = Group.replace_autoscaling_group_instances
create_group = Backend.create_auto_scaling_group


class Life:
    """What a group remembers between two looks."""

    def __init__(self):
        self.filled = False
        self.ready, self.ends, self.activities, self.lost = {}, {}, [], []
        self.retry_at, self.rebalance_at, self.moving = 0.0, 0.0, None


def life(group):
    if not hasattr(group, "_life"):
        group._life = Life()
    return group._life


def live(group):
    return [s for s in group.instance_states if s.lifecycle_state in ("Pending", "InService")]


def zone_of(state):
    return state.instance._placement.zone


def subnets_of(group):
    ids = (group.vpc_zone_identifier or "").split(",")
    return list(group.autoscaling_backend.ec2_backend.describe_subnets(subnet_ids=ids))


def count_in(group, zone):
    return sum(1 for s in live(group) if zone_of(s) == zone)


def launch_one(group, lost_in=None):
    """In the zone that lost one, then in the emptiest; False when no zone has capacity."""
    subnets = sorted(
        subnets_of(group),
        key=lambda s: (s.availability_zone != lost_in, count_in(group, s.availability_zone), s.availability_zone),
    )
    for subnet in subnets:
        if tag(subnet, "sim:capacity") == "none":
            fail(group, subnet.availability_zone)
            continue
        everywhere = group.vpc_zone_identifier, group.availability_zones
        group.vpc_zone_identifier, group.availability_zones = subnet.id, [subnet.availability_zone]
        try:
            launch_instances(group, 1, group.get_propagated_tags())
        finally:
            group.vpc_zone_identifier, group.availability_zones = everywhere
        state = group.instance_states[-1]
        if life(group).filled:
            state.lifecycle_state = "Pending"
            life(group).ready[state.instance.id] = now() + BOOT
        else:
            register(group, state)
        return state
    return None


def fail(group, zone):
    why = (
        "Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient "
        f"capacity in the Availability Zone you requested ({zone}). Launching EC2 instance failed."
    )
    life(group).activities.insert(0, {
        "ActivityId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "Description": f"Launching a new EC2 instance.  Status Reason: {why}",
        "Cause": "a difference between desired and actual capacity",
        "StartTime": datetime.datetime.fromtimestamp(now(), datetime.timezone.utc),
        "StatusCode": "Failed",
        "StatusMessage": why,
        "Progress": 100,
    })


def register(group, state):
    for arn in group.target_group_arns or []:
        target_group = group.autoscaling_backend.elbv2_backend.target_groups[arn]
        target_group.register([{"Id": state.instance.id, "Port": target_group.port}])
        if not life(group).filled:
            target_group._since[state.instance.id] = 0


def deregister(group, state):
    for arn in group.target_group_arns or []:
        group.autoscaling_backend.elbv2_backend.target_groups[arn].drain(state.instance.id)


def end(group, state):
    state.lifecycle_state = "Terminating"
    life(group).ends[state.instance.id] = now() + DRAIN
    deregister(group, state)


def tick(group):
    with lock:
        look(group)


def look(group):
    own, at = life(group), now()
    for state in list(group.instance_states):
        id = state.instance.id
        if own.ready.get(id, at + 1) <= at:
            own.ready.pop(id)
            state.lifecycle_state = "InService"
            if own.moving == id:
                own.moving = None
            register(group, state)
            own.rebalance_at = at + REBALANCE
        if own.ends.get(id, at + 1) <= at:
            own.ends.pop(id)
            group.instance_states.remove(state)
            group.autoscaling_backend.ec2_backend.terminate_instances([id])
    wanted = (group.desired_capacity or 0) + (1 if own.moving else 0)
    while len(live(group)) < wanted and own.retry_at <= at:
        if not launch_one(group, own.lost.pop(0) if own.lost else None):
            own.retry_at = at + RETRY
        own.rebalance_at = at + REBALANCE
    while len(live(group)) > wanted:
        free = [s for s in live(group) if not s.protected_from_scale_in and s.instance.id != own.moving]
        if not free:
            break
        end(group, max(free, key=lambda s: (count_in(group, zone_of(s)), zone_of(s))))
        own.rebalance_at = at + REBALANCE
    own.lost = []
    rebalance(group, own, at)


def rebalance(group, own, at):
    pending = any(s.lifecycle_state == "Pending" for s in group.instance_states)
    if "AZRebalance" in group._suspended_processes or pending or own.rebalance_at > at or not own.filled:
        return
    counts = {s.availability_zone: count_in(group, s.availability_zone) for s in subnets_of(group)}
    most = max([count_in(group, zone_of(s)) for s in live(group)], default=0)
    emptiest = min(counts, key=lambda z: (counts[z], z))
    room = any(tag(s, "sim:capacity") != "none" for s in subnets_of(group) if s.availability_zone == emptiest)
    if most - counts[emptiest] > 1 and room:
        state = launch_one(group, emptiest)
        own.moving = state.instance.id if state else None


def set_desired(self, new_capacity):
    self.desired_capacity = self.min_size if new_capacity is None else new_capacity
    life(self).retry_at = 0
    tick(self)


def create(self, *args, **kwargs):
    group = create_group(self, *args, **kwargs)
    life(group).filled = True
    return group


def bounded(group, size):
    if size > group.max_size:
        raise ValidationError(
            f"New SetDesiredCapacity value {size} is above max value {group.max_size} for the AutoScalingGroup.")
    if size < group.min_size:
        raise ValidationError(
            f"New SetDesiredCapacity value {size} is below min value {group.min_size} for the AutoScalingGroup.")
    return size


def backend_set_desired(self, group_name, desired_capacity):
    group = self.autoscaling_groups[group_name]
    group.set_desired_capacity(bounded(group, desired_capacity))


def member(backend, instance_id):
    for group in backend.autoscaling_groups.values():
        tick(group)
        for state in group.instance_states:
            if state.instance.id == instance_id:
                return group, state
    raise ValidationError(
        f"Instance Id not found - No managed instance found for instance ID: {instance_id}")


def decrement(group, should):
    if should:
        if group.desired_capacity <= group.min_size:
            raise ValidationError(
                f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without replacement "
                "will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or "
                "lower group's min size.")
        group.desired_capacity -= 1


def terminate(self, instance_id, should_decrement):
    with lock:
        group, state = member(self, instance_id)
        before = group.desired_capacity
        if state.lifecycle_state != "Terminating":
            decrement(group, should_decrement)
            life(group).lost.append(zone_of(state))
            end(group, state)
            tick(group)
        return asm.TerminateInstanceActivity(state.instance, before)


def detach(self, group_name, instance_ids, should_decrement):
    with lock:
        activities = []
        for id in instance_ids:
            group, state = member(self, id)
            decrement(group, should_decrement)
            group.instance_states.remove(state)
            self.ec2_backend.delete_tags([id], {asm.ASG_NAME_TAG: group.name})
            deregister(group, state)
            life(group).lost.append(zone_of(state))
            activities.append(asm.DetachInstanceActivity(state.instance))
            tick(group)
        return activities


def ended_by_ec2(self, instance_ids):
    with lock:
        for group in self.autoscaling_groups.values():
            gone = [s for s in group.instance_states if s.instance.id in instance_ids]
            for state in gone:
                group.instance_states.remove(state)
                life(group).lost.append(zone_of(state))
            if gone:
                tick(group)


def looking(method):
    def looked(self, *args, **kwargs):
        for group in self.autoscaling_groups.values():
            tick(group)
        return method(self, *args, **kwargs)

    return looked


Group.set_desired_capacity = set_desired
Backend.create_auto_scaling_group = create
Backend.set_desired_capacity = backend_set_desired
Backend.terminate_instance = terminate
Backend.detach_instances = detach
Backend.notify_terminate_instances = ended_by_ec2
Backend.update_attached_target_groups = lambda self, group_name: None
for name in ("describe_auto_scaling_groups", "describe_auto_scaling_instances"):
    setattr(Backend, name, looking(getattr(Backend, name)))


def describe_scaling_activities(self):
    group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
    tick(group)
    return ActionResult({"Activities": life(group).activities[:100]})


asr.AutoScalingResponse.describe_scaling_activities = describe_scaling_activities

# --- Elastic Load Balancing -----------------------------------------------------------------------------------------

TargetGroup = em.FakeTargetGroup
init_target_group = TargetGroup.__init__


def init(self, *args, **kwargs):
    init_target_group(self, *args, **kwargs)
    self._draining, self._since, self._failed = {}, {}, set()


def tg_register(self, targets):
    for target in targets:
        id = target["Id"]
        instance = self.ec2_backend.get_instance_by_id(id)
        if instance is None or instance.state not in ("running", "pending"):
            raise InvalidTargetError()
        known = id in self.targets and id not in self._draining
        self.targets[id] = {"Id": id, "Port": int(target.get("Port", self.port))}
        self._draining.pop(id, None)
        if not known:
            self._since[id] = now()


def drain(self, id):
    if id in self.targets:
        self._draining.setdefault(id, now() + DRAIN)


def tg_deregister(self, targets):
    for target in targets:
        known = self.targets.get(target["Id"])
        if known and int(target.get("Port", known["Port"])) == int(known["Port"]):
            self.drain(target["Id"])


def health_for(self, target, ec2_backend):
    id = target["Id"]
    instance = ec2_backend.get_instance_by_id(id)
    answering = instance is not None and tag(instance, "sim:answering") != "no"
    state, reason = "healthy", None
    if id in self._draining:
        state = "draining" if answering else "unhealthy.draining"
        reason = "Target.DeregistrationInProgress"
    elif not answering:
        state, reason = "unhealthy", "Target.FailedHealthChecks"
    elif self._since.get(id, 0) + INITIAL > now():
        state, reason = "initial", "Elb.InitialHealthChecking"
    return em.FakeHealthStatus(id, target.get("Port", self.port), self.health_check_port, state, reason)


describe_health = em.ELBv2Backend.describe_target_health


def describe_target_health(self, target_group_arn, targets):
    for group in asm.autoscaling_backends[self.account_id][self.region_name].autoscaling_groups.values():
        tick(group)
    target_group = self.target_groups.get(target_group_arn)
    if target_group is not None:
        for id, until in list(target_group._draining.items()):
            if until <= now():
                target_group._draining.pop(id)
                target_group.targets.pop(id, None)
    return describe_health(self, target_group_arn, targets)


TargetGroup.__init__ = init
TargetGroup.register = tg_register
TargetGroup.deregister = tg_deregister
TargetGroup.drain = drain
TargetGroup.health_for = health_for
em.ELBv2Backend.describe_target_health = describe_target_health

# --- Systems Manager ------------------------------------------------------------------------------------------------


def describe_instance_information(self):
    wanted = [v for f in self._get_param("Filters", []) for v in f["Values"]]
    ec2 = ssmm.ec2_backends[self.current_account][self.region]
    found = [ec2.get_instance_by_id(id) for id in wanted]
    return ActionResult({"InstanceInformationList": [
        {"InstanceId": i.id, "PingStatus": "ConnectionLost" if tag(i, "sim:reachable") == "no" else "Online"}
        for i in found if i is not None and i.state == "running"]})


ssmr.SimpleSystemManagerResponse.describe_instance_information = describe_instance_information

instances_of_targets = ssmm.Command._get_instance_ids_from_targets
# Without targets moto takes every instance there is.
ssmm.Command._get_instance_ids_from_targets = lambda self: instances_of_targets(self) if self.targets else []

# --- CloudWatch -----------------------------------------------------------------------------------------------------

statistic = cwm.Statistics.get_statistics_for_type


def percentile(self, stat):
    if not stat.startswith("p"):
        return statistic(self, stat)
    values = sorted(m.value for m in self.metric_data)
    return values[min(len(values) - 1, int(len(values) * float(stat[1:]) / 100))]


cwm.Statistics.get_statistics_for_type = percentile
