"""What it takes for state machines, alarms and events to run on moto 5.2, and for its instances to be asked something.

EVAC_MOTO_NET is the first three bytes of the addresses that instances get, `127.9.7`: loopback, where the test listens.
MOTO_PORT is where moto's own calls go: the test's proxy, which answers for Lambda.
"""
import copy
import datetime
import functools
import itertools
import json
import os
import threading
import types
from collections import defaultdict

import boto3
from botocore.config import Config
from moto.cloudwatch import models as cwm
from moto.core.config import default_user_config
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.ec2.models import subnets
from moto.events import models as evm
from moto.stepfunctions import models as sfm
from moto.stepfunctions import responses as sfr
from moto.stepfunctions.exceptions import ExecutionAlreadyExists
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.utils import boto_client
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.utilities.arns import parse_arn

import world

default_user_config["stepfunctions"]["execute_state_machine"] = True

# --- Addresses ------------------------------------------------------------------------------------------------------

addresses = itertools.count()


def next_address(self, instance):
    return f"{os.environ['EVAC_MOTO_NET']}.{10 + next(addresses) % 240}"


subnets.Subnet.get_available_subnet_ip = next_address
subnets.Subnet.del_subnet_ip = lambda self, ip: None

# --- DynamoDB -------------------------------------------------------------------------------------------------------

# A transaction begins with a copy of all that its table ever held, its stream too. Here the copy shares the items, and
# an update leaves the copy's alone.


def copy_table(self, memo):
    copied = copy.copy(self)
    copied.items = defaultdict(dict, {key: dict(ranges) for key, ranges in self.items.items()})
    return copied


Table.__deepcopy__ = copy_table
update_item = DynamoDBBackend.update_item


def update_copy(self, table_name, key, *more, **arguments):
    table = self.get_table(table_name)
    ranges = table.items.get(DynamoType(key[table.hash_key_attr]), {})
    at = DynamoType(key[table.range_key_attr])
    if at in ranges:
        ranges[at] = copy.deepcopy(ranges[at])
    return update_item(self, table_name, key, *more, **arguments)


DynamoDBBackend.update_item = update_copy

# --- Step Functions -------------------------------------------------------------------------------------------------

# Else the second execution of a machine is a 500: https://github.com/getmoto/moto/issues/10077
Execution.__deepcopy__ = lambda self, memo: self


def known_name(self, name, execution_input):
    """As StartExecution: the same input is the same execution while that one runs."""
    for execution in self.executions:
        if execution.name == name:
            same = json.loads(execution_input or "{}") == execution.input_data
            if same and execution.exec_status == "RUNNING":
                return execution
            raise ExecutionAlreadyExists(f"Execution Already Exists: '{execution.execution_arn}'")
    return None


sfm.StateMachine._handle_name_input_idempotency = known_name
start_execution = StepFunctionsParserBackend.start_execution


def start_now(self, *args, **kwargs):
    execution = start_execution(self, *args, **kwargs)
    if not hasattr(execution, "_started"):
        execution._started = True
        execution.start_date = datetime.datetime.fromtimestamp(world.now(), datetime.timezone.utc)
    return execution


StepFunctionsParserBackend.start_execution = start_now

# The test's clock moves when a step says that it waits: a Wait state itself takes a moment only, as does a retry.
PACE = 1_000


def wait(self, env, wait_seconds):
    env.program_state_event.wait(wait_seconds / PACE)


WaitFunction._wait_interval = wait
retrier_decl.time = types.SimpleNamespace(sleep=lambda seconds: threading.Event().wait(seconds / PACE))

# Half a second for each of our definitions, and again for each execution.
AmazonStateLanguageParser.parse = staticmethod(functools.lru_cache(AmazonStateLanguageParser.parse))

# A parser is generated from its grammar for each path that is read.
json_path.parse = functools.lru_cache(json_path.parse)
result_path.parse = functools.lru_cache(result_path.parse)


@functools.lru_cache
def own_client(service, region, endpoint):
    return boto3.client(
        service, region_name=region, aws_access_key_id="moto", aws_secret_access_key="moto", endpoint_url=endpoint,
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}, read_timeout=120,
                      max_pool_connections=50))


# A client for each task costs more than the task.
boto_client.boto3 = types.SimpleNamespace(
    client=lambda service_name, region_name, endpoint_url, **_: own_client(service_name, region_name, endpoint_url))

# A history that holds a date is a 500.
sfr.json = types.SimpleNamespace(loads=json.loads, dumps=functools.partial(json.dumps, default=str))

# --- Alarms and events ----------------------------------------------------------------------------------------------


def client(service, region):
    return own_client(service, region, f"http://127.0.0.1:{os.environ['MOTO_PORT']}")


def behind(act, **arguments):
    threading.Thread(target=act, kwargs=arguments, daemon=True).start()


send = evm.Rule.send_to_targets


def send_to_targets(self, event, transform_input=True):
    """moto refuses an event with a 500 where a rule's target is a function."""
    functions = [t for t in self.targets if parse_arn(t["Arn"]).service == "lambda"]
    if not functions:
        send(self, event, transform_input)
        return
    if not self.event_pattern.matches_event(event):
        return
    told = dict(event)
    if isinstance(told.get("time"), (int, float)):
        told["time"] = datetime.datetime.fromtimestamp(told["time"], datetime.timezone.utc).strftime(
            "%Y-%m-%dT%H:%M:%SZ")
    for target in functions:
        region = parse_arn(target["Arn"]).region
        behind(client("lambda", region).invoke, FunctionName=target["Arn"], InvocationType="Event",
               Payload=json.dumps(told, default=str))


evm.Rule.send_to_targets = send_to_targets
set_state = cwm.CloudWatchBackend.set_alarm_state


def set_alarm_state(self, alarm_name, reason, reason_data, state_value):
    """An alarm that changes its state is an event, as AWS writes it."""
    before = getattr(self.alarms.get(alarm_name), "state_value", None)
    set_state(self, alarm_name, reason, reason_data, state_value)
    alarm = self.alarms[alarm_name]
    if before == state_value:
        return
    now = datetime.datetime.fromtimestamp(world.now(), datetime.timezone.utc)
    at = now.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    metric = {
        "namespace": alarm.namespace,
        "name": alarm.metric_name,
        "dimensions": {d.name: d.value for d in alarm.dimensions or []},
    }
    stat = {"metric": metric, "period": alarm.period, "stat": alarm.statistic}
    detail = {
        "alarmName": alarm_name,
        "state": {"value": state_value, "reason": reason, "timestamp": at},
        "previousState": {"value": before, "timestamp": at},
        "configuration": {"metrics": [{"id": "m1", "metricStat": stat, "returnData": True}]},
    }
    behind(client("events", self.region_name).put_events, Entries=[{
        "Time": now,
        "Source": "aws.cloudwatch",
        "DetailType": "CloudWatch Alarm State Change",
        "Detail": json.dumps(detail),
        "Resources": [alarm.alarm_arn],
    }])


cwm.CloudWatchBackend.set_alarm_state = set_alarm_state
